-- What people read instead of ids that every hospital has.
return {
  sms = "短信", wechat = "微信", email = "邮件", phone = "电话", app = "应用", wecom = "企业微信", dingtalk = "钉钉", log = "日志",
  emergency = "紧急", urgent = "尽快处理", soon = "当日处理",
  patient = "患者", family = "家属", ask = "提问", remind = "提醒", send = "通知", task = "任务", alert = "预警",
  high = "高风险", medium = "中风险", low = "低风险", standard = "一般", medication = "用药",
  nurse = "护士", ["ward-nurse"] = "病区护士", ["head-nurse"] = "护士长", ["community-nurse"] = "社区护士", ["home-nurse"] = "居家护士",
  pharmacist = "药师", physiotherapist = "康复师", surgeon = "手术医师", ["on-call-doctor"] = "值班医师", chief = "科主任",
  call = "电话随访", visit = "上门随访",
}
