"""Who follows the link of a mail that nobody asked for is asked first, and gets no more of them."""
import re
import uuid

from installation import wait_until
from playwright.sync_api import expect
from test_browser import barriers_on, chromium, enquiry, visit  # noqa: F401 (two are fixtures)
from test_days_work import Day

CAMPAIGN = "open-house"


def send(lintel, segment):
    """Marketing writes to everybody in a segment, without waiting for the morning."""
    with lintel.sign_in_as("marketing@lintel.example") as marketing:
        sent = marketing.post(f"/leads/api/v1/audiences/{uuid.uuid4()}", json={"segmentId": str(segment), "template": "nurture-greeting"})
        assert sent.status_code == 200, sent.text


def test_whoever_follows_the_link_of_a_mail_is_asked_and_gets_no_more_of_them(lintel, visit):
    with lintel.sign_in("ADMIN") as admin:
        policy = "/notify/api/v1/policies/notify.marketing"
        values = {"hasQuietHours": 0, "perDay": 100, "perWeek": 100}
        changed = admin.post(policy, json={"version": admin.get(policy).json()["version"], "values": values})
        assert changed.status_code == 200, changed.text
    about = enquiry(lintel, campaign=CAMPAIGN)
    segment = uuid.uuid4()
    with lintel.sign_in_as("marketing@lintel.example") as marketing:
        tests = [{"field": "campaign", "values": [CAMPAIGN], "isNot": False}]
        made = marketing.post(f"/leads/api/v1/segments/{segment}", json={"name": f"Visitors {about.name}", "tests": tests})
        assert made.status_code == 200, made.text
    send(lintel, segment)
    mail = wait_until(lambda: [one for one in lintel.mails(about.customer.email) if one["List-Unsubscribe"]], 60, "the mail")[0]
    text = next(part for part in mail.walk() if part.get_content_type() == "text/plain").get_payload(decode=True).decode()
    link = re.search(r"https?://\S+/notify/unsubscribe/\S+", text)[0]

    optouts = "SELECT channel, source FROM opt_outs WHERE uid = %s"
    day = Day(visit(), "en")
    for language, question in ("zh-Hans", "退订此类邮件？"), ("en", "Unsubscribe from these mails?"):
        day.open(f"{link}?lang={language}")
        expect(day.page.locator("h1")).to_have_text(question)
    assert lintel.query("notify", optouts, about.uid) == []  # a scanner that follows links has changed nothing
    day.page.locator(".gate-card button").click()
    expect(day.page.locator("h1")).to_have_text("You are unsubscribed")
    day.look()
    assert lintel.query("notify", optouts, about.uid) == [("email", "unsubscribe-link")]
    known = "SELECT 1 FROM persons WHERE uid = %s AND consents::text LIKE '%%unsubscribe-link%%'"
    wait_until(lambda: lintel.query("leads", known, about.uid), what="Leads has heard of it")

    send(lintel, segment)
    second = "SELECT state, reason FROM messages WHERE uid = %s AND channel = 'email' AND template = 'nurture-greeting' ORDER BY created_at"
    states = wait_until(lambda: len(found := lintel.query("notify", second, about.uid)) == 2 and found[1][0] != "queued" and found, 60, "the second")
    assert [state for state, _ in states] == ["accepted", "suppressed"]
    assert day.barriers == []
