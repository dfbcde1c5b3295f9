-- What the columns of scripts/demo/discharges.csv are. A hospital's own list needs a page like this one.
return {
  columns = {
    ["科室"] = "department", ["姓名"] = "name", ["性别"] = "sex", ["出生日期"] = "birth",
    ["手机号"] = "phone", ["联系人"] = "contact_name", ["联系人电话"] = "contact_phone", ["联系人关系"] = "contact_relation",
    ["邮箱"] = "email", ["联系人邮箱"] = "contact_email",
    ["现住址"] = "address", ["诊断编码"] = "diagnosis_code", ["诊断名称"] = "diagnosis_name",
    ["手术编码"] = "procedure_code", ["手术名称"] = "procedure_name",
    ["入院时间"] = "admitted", ["出院时间"] = "discharged", ["离院方式"] = "leaving",
    ["病区"] = "ward", ["主管医师"] = "doctor", ["责任护士"] = "nurse",
    ["住院次数"] = "stays", ["病案号"] = "mrn",
    ["知情情况"] = "disclosure",
  },
  optional = { "知情情况", "邮箱", "联系人邮箱" },           -- few systems export them; without 知情情况 a patient is "undecided"
  departments = { ["骨科"] = "ortho", ["心脏外科"] = "cardiac" },
  sex = { ["男"] = "male", ["女"] = "female" },
  -- 离院方式 comes as the code of the medical record's first page, sometimes in words.
  leaving = {
    ["1"] = "order", ["2"] = "transfer", ["3"] = "community", ["4"] = "against-advice", ["5"] = "death", ["9"] = "other",
    ["医嘱离院"] = "order", ["医嘱转院"] = "transfer", ["医嘱转社区卫生服务机构/乡镇卫生院"] = "community",
    ["非医嘱离院"] = "against-advice", ["死亡"] = "death", ["其他"] = "other",
  },
  relations = {
    ["本人"] = "self", ["配偶"] = "spouse", ["子女"] = "child", ["儿子"] = "child", ["女儿"] = "child",
    ["父母"] = "parent", ["兄弟姐妹"] = "sibling", ["其他"] = "other",
  },
  times = "%Y-%m-%d %H:%M",
  dates = "%Y-%m-%d",
  empty = { "无", "不详", "-" },
}
