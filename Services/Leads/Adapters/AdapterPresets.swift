/// What each platform posts, as far as it says so in public; everything here can be changed in the console.
extension AdapterSettings {
    static func preset(_ platform: Platform) -> AdapterSettings {
        switch platform {
        case .form: form
        case .meta: meta
        case .oceanEngine: oceanEngine
        case .tencent: tencent
        }
    }

    private static let form = AdapterSettings(
        platform: .form,
        signature: SignatureRule(kind: .none),
        items: "",
        fields: rules([
            "id": "externalId", "name": "person/name", "phone": "person/phones", "mobile": "person/phones",
            "tel": "person/phones", "email": "person/emails", "wechat": "person/wechat", "message": "message",
            "project": "need/projects", "district": "need/districts", "layout": "need/layouts",
            "budget": "need/budget/max", "utm_campaign": "campaign", "referrer": "referrer/code",
            "consent": "consent/call",
        ]),
        honeypot: "website",
        origins: []
    )

    /// `leadgen` changes; the fields of the lead come in `field_data` where a connector has fetched them.
    private static let meta = AdapterSettings(
        platform: .meta,
        signature: SignatureRule(kind: .hmac, header: "X-Hub-Signature-256", prefix: "sha256="),
        items: "entry/*/changes/*/value",
        fields: rules([
            "leadgen_id": "externalId", "id": "externalId", "created_time": "submittedAt",
            "campaign_name": "campaign", "field_data/full_name": "person/name",
            "field_data/phone_number": "person/phones", "field_data/email": "person/emails",
            "field_data/city": "need/districts", "form_id": "attributes/formId", "ad_id": "attributes/adId",
        ]),
        origins: []
    )

    private static let oceanEngine = AdapterSettings(
        platform: .oceanEngine,
        signature: SignatureRule(kind: .hmac, header: "X-Open-Signature", prefix: ""),
        items: "data",
        fields: rules([
            "clue_id": "externalId", "id": "externalId", "name": "person/name", "telphone": "person/phones",
            "phone": "person/phones", "weixin": "person/wechat", "email": "person/emails", "remark": "message",
            "ad_name": "campaign", "promotion_name": "campaign", "create_time_detail": "submittedAt",
            "city_name": "need/districts", "adv_id": "attributes/advertiserId", "ad_id": "attributes/adId",
        ]),
        origins: []
    )

    private static let tencent = AdapterSettings(
        platform: .tencent,
        signature: SignatureRule(kind: .sorted),
        items: "data",
        fields: rules([
            "leads_id": "externalId", "leads_name": "person/name", "leads_tel": "person/phones",
            "leads_telephone": "person/phones", "leads_wechat": "person/wechat", "leads_email": "person/emails",
            "leads_area": "need/districts", "campaign_name": "campaign", "leads_action_time": "submittedAt",
            "bundle": "message", "account_id": "attributes/accountId", "adgroup_id": "attributes/adGroupId",
        ]),
        origins: []
    )

    private static func rules(_ pairs: KeyValuePairs<String, String>) -> [FieldRule] {
        pairs.map { FieldRule(from: $0.key, to: $0.value) }
    }

    /// What the platform might post, for trying the mapping.
    var sample: String {
        switch platform {
        case .form:
            "{\"name\": \"张三\", \"phone\": \"138 1234 5678\", \"project\": \"river-park\", \"message\": \"周末可以看房吗?\"}"
        case .meta:
            """
            {"object": "page", "entry": [{"id": "1", "time": 1795316645, "changes": [{"field": "leadgen", "value": {
              "leadgen_id": "900100", "form_id": "77", "created_time": 1795316645, "field_data": [
                {"name": "full_name", "values": ["Zhang San"]},
                {"name": "phone_number", "values": ["+8613812345678"]}]}}]}]}
            """
        case .oceanEngine:
            """
            {"message_id": "m-1", "service_label": "clue", "data": "{\\"clue_id\\": \\"7300000000000000001\\", \
            \\"name\\": \\"张三\\", \\"telphone\\": \\"13812345678\\", \\"ad_name\\": \\"autumn-2026\\"}"}
            """
        case .tencent:
            """
            {"data": [{"leads_id": 218000154, "leads_name": "张三", "leads_tel": "13812345678",
              "campaign_name": "autumn-2026", "leads_action_time": 1795316645}]}
            """
        }
    }
}
