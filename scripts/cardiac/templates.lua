-- Texts of 心随动. The engine signs them and adds 非实时值守，紧急请拨120 where 120 is not named.
local aw = require "afterward"

return {
  aw.template { id = "no-lifting", class = "education",
    zh = "{patient.title}您好，三个月内不提五公斤以上的东西、不用手臂撑着起身；咳嗽时抱紧枕头。",
    en = "{patient.title}, for three months lift nothing over 5 kg and don't push up with your arms; hug a pillow to cough." },
  aw.template { id = "food-and-water", class = "education",
    zh = "{patient.title}您好，饭菜清淡，每天喝水按出院小结的量；每天早上空腹、排尿后称体重。",
    en = "{patient.title}, eat lightly, drink what your discharge sheet says, and weigh yourself each morning before breakfast." },
  aw.template { id = "walking", class = "education",
    zh = "{patient.title}您好，每天走路两次，以能说话、不能唱歌为度；头晕、心慌就停下休息。",
    en = "{patient.title}, walk twice a day, as fast as you can still talk; stop and rest if dizzy." },
  aw.template { id = "clinic-week", class = "visit", zh = "{patient.title}您好，出院一周的复诊时间到了，请预约：{link}",
    en = "{patient.title}, it is time for your visit one week after discharge. Please book: {link}" },
  aw.template { id = "missed-visit", class = "visit",
    zh = "{patient.title}您好，今天的复诊您没有来，改期请点：{link}",
    en = "{patient.title}, you missed today's visit. Choose another day: {link}, or wait for our call." },
  aw.template { id = "weight-advice", class = "safety",
    zh = "您的体重三天内明显增加。请少喝水、少吃盐，不要自行加药，护士马上联系您；平躺时气促请拨打120。",
    en = "Your weight went up quickly. Drink less, avoid salt, take nothing extra; a nurse will call. Breathless lying "
      .. "down? Call 120 now." },
  aw.template { id = "quit-smoking", class = "education", zh = "{patient.title}您好，戒烟什么时候都不晚，门诊可以帮您：{link}",
    en = "{patient.title}, it is never too late to stop smoking. We can help: {link}" },

  aw.template { id = "blood-test", class = "medicine", discloses = true,
    zh = "{patient.title}您好，该抽血查凝血（INR）了；查之前华法林照常吃，结果出来前不要自己加减。",
    en = "{patient.title}, your INR test is due. Take warfarin as usual; don't change the dose yourself.",
    discreet = { zh = "{patient.title}您好，该抽血复查了；药照常吃，结果出来前不要自己加减。",
      en = "{patient.title}, your blood test is due. Take your medicine as usual; don't change it yourself." } },
  aw.template { id = "blood-test-odd", class = "safety",
    zh = "您的化验结果要请医生看，会有人联系您。请先不要自己加减药；出血不止、黑便、剧烈头痛请拨120。",
    en = "A doctor needs to see your result and will call. Don't change your medicine before. Bleeding, black stools, "
      .. "bad headache? Call 120." },
}
