"""A demonstration whose people have worked for some days: calls, deals on every stage, holds, contracts, hand-overs, complaints."""
import itertools
import uuid
from datetime import datetime, timedelta, timezone

from installation import wait_until

STAGES = ["need-confirmed", "plan-made", "negotiation"]
TALKS = [
    ("call", True, "预算充足，偏好高楼层三房，周末带家人来看。", "发送三房户型图"),
    ("wechat", True, "已发户型图，客户比较关注学区。", "确认是否收到资料"),
    ("visit", True, "看了样板房，满意采光，想再谈价格。", "准备认购资料"),
    ("call", False, "无人接听。", "再次致电"),
    ("call", True, "Prefers a high floor facing south; would like to bring the family.", "Send the floor plan"),
]
COMPLAINTS = [
    ("complaint", "卫生间漏水", "主卫顶部渗水，请尽快安排检查。"),
    ("repair", "入户门锁松动", "锁舌有时卡住。"),
    ("suggestion", "希望增加儿童活动区", "小区里的孩子越来越多了。"),
    ("complaint", "Noise from the lift at night", "It can be heard in the bedroom after eleven."),
]


def make_busy(lintel):
    """Everybody works on what the demonstration has brought; nothing is invented behind the services' backs."""
    wait_until(lambda: lintel.query("sales", "SELECT count(*) FROM customers")[0][0] >= 40, 120, "the demonstration's customers")
    emails = [row[0] for row in lintel.query("sales", "SELECT email FROM staff WHERE role = 'agent' ORDER BY email")]
    for email in emails:
        with lintel.sign_in_as(email) as agent:
            work(lintel, agent, email)
    after_sales(lintel)
    marketing(lintel)


def work(lintel, agent, email):
    """An agent's days: the first of their customers are sold to, more are talked to, the last wait for their first call."""
    statement = "SELECT uid FROM customers WHERE owner_id = (SELECT id FROM staff WHERE email = %s) ORDER BY uid"
    customers = [row[0] for row in lintel.query("sales", statement, email)]
    talks = itertools.cycle(TALKS)
    for index, uid in enumerate(customers[: len(customers) * 3 // 4]):
        is_theirs = talk(agent, uid, next(talks), hours=index * 7 - 20)
        if is_theirs and index < 6:
            deal(agent, uid, index)


def talk(agent, uid, about, hours):
    """Logs a contact; false when the customer has gone to a colleague meanwhile, because nobody had called."""
    kind, is_reached, note, action = about
    due = datetime.now(timezone.utc) + timedelta(hours=hours)
    answer = agent.post(f"/sales/api/v1/customers/{uid}/contacts", json={
        "kind": kind, "isReached": is_reached, "note": note, "nextAction": action, "nextAt": due.strftime("%Y-%m-%dT%H:%M:%SZ"),
    })
    assert answer.is_success or answer.status_code == 404, answer.text
    return answer.is_success


def deal(agent, uid, index):
    """The first is signed, the second lost, the others are somewhere on the way, some with a unit on hold."""
    opened = agent.post(f"/sales/api/v1/customers/{uid}/deals", json={}).json()
    unit = free_unit(agent, opened.get("project") or "river-park", index)
    for stage in STAGES[: 3 if index in (0, 2) else index % 4]:
        agent.post(f"/sales/api/v1/deals/{opened['id']}/stage", json={"stage": stage}).raise_for_status()
    if index == 1:
        agent.post(f"/sales/api/v1/deals/{opened['id']}/lose", json={"reason": "price", "note": "超出预算"}).raise_for_status()
        return
    if index in (0, 2, 3):
        agent.post(f"/sales/api/v1/units/{unit['id']}/hold", json={"dealId": opened["id"]}).raise_for_status()
    if index == 0:
        price = unit["price"] | {"minor": unit["price"]["minor"] * 97 // 100}
        agent.post(f"/sales/api/v1/deals/{opened['id']}/contract", json={"price": price}).raise_for_status()


def free_unit(agent, project, index):
    """Any that is free, not always the lowest."""
    units = agent.get("/sales/api/v1/units", params={"project": project, "state": "free"}).json()["items"]
    return units[min(index * 5, len(units) - 1)]


def after_sales(lintel):
    """Buyers get their keys and have something to say."""
    with lintel.sign_in("SERVICE") as desk:
        handovers = wait_until(lambda: desk.get("/service/api/v1/handovers").json()["items"], 60, "hand-overs")
        for handover in handovers[::2]:
            desk.post(f"/service/api/v1/handovers/{handover['id']}/complete", json={"note": "钥匙两把"}).raise_for_status()
        for handover, (kind, title, text) in zip(itertools.cycle(handovers), COMPLAINTS):
            case = desk.post("/service/api/v1/cases", json={"uid": handover["uid"], "kind": kind, "title": title, "text": text})
            case.raise_for_status()
        answer = desk.post(f"/service/api/v1/cases/{case.json()['id']}/replies", json={"text": "A technician will measure it tonight."})
        answer.raise_for_status()


def marketing(lintel):
    """Marketing has a campaign that costs something, a segment, a sequence for it, and a file that is checked."""
    today = datetime.now(timezone.utc).date()
    with lintel.sign_in_as("marketing@lintel.example") as client:
        def post(path, **more):
            answer = client.post(f"/leads/api/v1/{path}", **more)
            assert answer.is_success, f"{path}: {answer.text}"
            return answer.json()

        month = {"from": str(today.replace(day=1)), "to": str(today)}
        campaign = post("campaigns", json={"key": "autumn-fair", "title": "秋季房展 Autumn fair", "channel": "web", **month})
        post(f"campaigns/{campaign['id']}/costs", json={"from": str(today), "minor": 1_250_000, "note": "展位 Stand"})
        segment = uuid.uuid4()
        tests = [{"field": "grade", "values": ["A", "B"], "isNot": False}, {"field": "sms-allowed", "values": [], "isNot": False}]
        post(f"segments/{segment}", json={"name": "优质客户 Good leads", "tests": tests})
        lines = [{"day": 1, "template": "nurture-layout-cases"}, {"day": 5, "template": "nurture-area-paper"}]
        sequence = {"name": "两周 Two weeks", "segmentId": str(segment), "lines": lines, "isActive": True}
        post(f"nurture/{uuid.uuid4()}", json=sequence)
        people = "".join(f"客户{number},137{number:08d},{300 + number}万\r\n" for number in range(20)) + "无号,12,\r\n"
        file = post("imports?name=fair.csv", content=("姓名,手机,预算\r\n" + people).encode(), headers={"Content-Type": "text/csv"})
        post(f"imports/{file['id']}/check")
