import Foundation

/// What the samples of all contracts are made of.
enum Sample {
    static let instant = Date(timeIntervalSince1970: 1_795_316_645)
    static let uid = UID(uuid(1))
    static let lead = LeadID(uuid(2))
    static let agent = StaffID(uuid(3))
    static let team = TeamID(uuid(4))
    static let deal = DealID(uuid(5))
    static let unit = UnitID(uuid(6))
    static let contact = ContactID(uuid(7))
    static let contract = SaleContractID(uuid(8))
    static let handover = HandoverID(uuid(9))
    static let `case` = CaseID(uuid(10))
    static let message = MessageID(uuid(11))
    static let manager = StaffID(uuid(12))
    static let colleague = StaffID(uuid(13))
    static let otherUID = UID(uuid(14))
    static let merge = MergeID(uuid(15))
    static let imported = ImportID(uuid(31))
    static let export = ExportID(uuid(32))
    static let referral = ReferralID(uuid(41))
    static let answer = AnswerID(uuid(51))
    static let record = uuid(42)

    static let card = PersonCard(
        name: "张三",
        phones: ["+8613812345678"],
        emails: ["zhang.san@example.com"],
        wechat: "zs1990",
        language: "zh"
    )
    static let need = Need(
        purpose: "buy",
        projects: ["river-park"],
        districts: ["浦东"],
        layouts: ["3室2厅"],
        budget: MoneyRange(min: 300_000_000, max: 450_000_000, currency: "CNY"),
        area: AreaRange(min: 89, max: 120),
        timeframe: "3m"
    )
    static let why = Why(
        rule: "grade.a.budget-and-timeframe",
        version: 1,
        inputs: ["budget": "450000000", "timeframe": "3m"],
        tried: [],
        otherwise: "A timeframe over three months would have given B."
    )
    static let ground = ConsentGround(
        allows: true,
        scope: ["email", "service.call"],
        source: "submission",
        at: instant,
        id: record,
        words: "隐私政策 2026-03"
    )
    static let price = Money(minor: 420_000_000)

    private static func uuid(_ last: UInt8) -> UUID {
        UUID(uuid: (0x01, 0x9A, 0xB0, 0, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 0, 0, last))
    }
}
