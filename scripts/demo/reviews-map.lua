-- What the columns of a list of reviews are, as a platform exports it: afterward import reviews.csv --map scripts/demo/reviews-map.lua
return {
  kind = "feedback",
  channel = "review",                                        -- of rows whose 渠道 is empty, and of lists without it
  columns = {
    ["评价编号"] = "id", ["评价时间"] = "at", ["评价内容"] = "text", ["星级"] = "stars",
    ["昵称"] = "name", ["手机号"] = "phone", ["病区"] = "ward", ["渠道"] = "channel",
  },
  optional = { "评价编号", "星级", "昵称", "手机号", "病区", "渠道" },
}
