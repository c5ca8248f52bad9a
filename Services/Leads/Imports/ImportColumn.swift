/// What a column of an imported file says.
enum ImportColumn: String, Sendable, CaseIterable {
    case name
    case phone
    case email
    case wechat
    case externalID = "external-id"
    case campaign
    case submittedAt = "submitted-at"
    case purpose
    case project
    case district
    case layout
    /// One amount or a range.
    case budget
    case budgetMin = "budget-min"
    case budgetMax = "budget-max"
    case area
    case areaMin = "area-min"
    case areaMax = "area-max"
    case timeframe
    case message
    case consent
    case referrer
    case language
    /// Kept with the submission as it is.
    case attribute

    /// What a header most likely means, in Chinese or English; what nobody can guess is kept as it is.
    static func guess(_ header: String) -> ImportColumn {
        let plain = plain(header)
        for (column, words) in known where words.contains(plain) { return column }
        let part = known.first { _, words in words.contains { $0.count > 1 && plain.contains($0) } }
        return part?.0 ?? .attribute
    }

    /// Each of a file's headers; of two that could be the same only phones may be several.
    static func guess(_ headers: [String]) -> [ImportColumn] {
        var taken: Set<ImportColumn> = []
        return headers.map { header in
            let column = guess(header)
            guard column.mayRepeat || taken.insert(column).inserted else { return .attribute }
            return column
        }
    }

    /// Whether several columns of a file may say it.
    var mayRepeat: Bool { [.phone, .email, .message, .project, .district, .layout, .attribute].contains(self) }

    /// Whether a person can be reached by it.
    var reaches: Bool { [.phone, .email, .wechat].contains(self) }

    /// Lower case, without what stands in brackets, spaces and signs.
    private static func plain(_ header: String) -> String {
        let open = header.firstIndex { "((【[".contains($0) } ?? header.endIndex
        return String(header[..<open].lowercased().filter { $0.isLetter || $0.isNumber })
    }

    // The more particular come first: a header that only contains a word is taken for the first that does.
    private static let known: [(ImportColumn, [String])] = [
        (.externalID, ["externalid", "leadid", "线索id", "线索编号", "外部编号", "编号", "单号", "id"]),
        (.budgetMin, ["budgetmin", "minbudget", "最低预算", "预算下限", "预算起"]),
        (.budgetMax, ["budgetmax", "maxbudget", "最高预算", "预算上限", "预算止"]),
        (.budget, ["budget", "预算", "总价", "价格", "意向总价", "购房预算", "price"]),
        (.areaMin, ["areamin", "minarea", "最小面积", "面积下限"]),
        (.areaMax, ["areamax", "maxarea", "最大面积", "面积上限"]),
        (.wechat, ["wechat", "微信", "微信号", "wechatid", "weixin"]),
        (.email, ["email", "mail", "邮箱", "电子邮箱", "电子邮件", "emailaddress"]),
        (
            .phone,
            [
                "phone", "mobile", "tel", "手机", "手机号", "手机号码", "电话", "联系电话", "联系方式", "电话号码", "telephone",
                "phonenumber", "cell",
            ]
        ),
        (.consent, ["consent", "同意", "同意联系", "授权", "optin", "短信同意"]),
        (.referrer, ["referrer", "referral", "推荐码", "推荐人", "referralcode", "邀请码"]),
        (.campaign, ["campaign", "活动", "营销活动", "推广活动", "推广计划", "广告计划", "utmcampaign"]),
        (
            .submittedAt,
            [
                "submittedat", "date", "time", "提交时间", "留资时间", "创建时间", "日期", "时间", "登记时间", "来访日期", "createdat",
                "created", "timestamp",
            ]
        ),
        (.project, ["project", "项目", "意向项目", "楼盘", "意向楼盘", "小区", "关注楼盘", "community"]),
        (.district, ["district", "区域", "意向区域", "板块", "城区", "region"]),
        (.layout, ["layout", "户型", "意向户型", "房型", "rooms"]),
        (.area, ["area", "面积", "意向面积", "建筑面积", "size"]),
        (.timeframe, ["timeframe", "购房时间", "计划购房时间", "购买周期", "意向时间", "when"]),
        (.purpose, ["purpose", "用途", "租售", "需求类型", "购房目的"]),
        (.language, ["language", "语言"]),
        (.message, ["message", "留言", "备注", "需求", "咨询内容", "描述", "note", "notes", "remark", "comment", "comments"]),
        (.name, ["name", "姓名", "客户姓名", "客户", "称呼", "联系人", "fullname", "客户名称", "customer"]),
    ]
}
