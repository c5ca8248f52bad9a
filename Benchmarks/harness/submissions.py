"""Submissions as channels send them: Chinese and English, 600 to 1,500 bytes, one in five from a person who has enquired before, one
in fifty sent twice. The same seed gives the same submissions."""
import hashlib
import json
import random
from pathlib import Path

CHANNELS = {"web": 50, "douyin": 20, "wechat": 15, "anjuke": 10, "referral": 5}
PROJECTS = ["river-park", "garden-city", "harbour-one"]
DISTRICTS = ["浦东", "徐汇", "闵行", "松江", "静安", "黄浦", "Pudong", "Xuhui"]
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "伟芳娜敏静秀丽强磊军洋勇艳杰娟涛明超兰霞平刚桂英华玉萍红鹏飞婷雪梅健浩宇轩子涵欣怡梓晨"
FIRST = ("James Mary Oliver Emma Liam Sophia Noah Grace Henry Alice Daniel Chloe Lucas Ella Arthur Ruby George Anna Oscar Lily Harry Eva Leo Ivy Jack Rose "
         "Adam Jane Ryan Kate Mark Lucy Owen Nina Paul Tara Sean Vera Hugo Zoe").split()
LAST = ("Smith Jones Taylor Brown Wilson Evans Thomas Johnson Roberts Walker Wright Robinson Clarke Hall Green Wood Harris Martin Jackson Clark Lewis Turner Hill "
        "Moore Cooper Ward Morris King Watson Baker Patel Allen Young Bailey Mitchell Bell Murphy Carter Shaw Parker Cook Davies Gray Price Bennett Ross Fisher "
        "Palmer Stone Marsh Webb Hunt Mason Knight Fox Rose Burke Nash Doyle Quinn").split()
MAIL = ["qq.com", "163.com", "126.com", "gmail.com", "outlook.com", "foxmail.com"]
CHINESE = ["周末可以看房吗?", "想了解一下首付比例和贷款年限。", "家里三口人,孩子明年上小学,希望学区好一点。", "请问有没有南北通透的户型?", "预算可以再商量,主要看楼层和采光。",
           "希望离地铁近一些,步行十分钟以内最好。", "之前看过样板间,觉得客厅有点小。", "请尽快联系我,下午三点以后方便接电话。", "公积金可以用多少?", "车位需要单独购买吗?"]
ENGLISH = ["Could we view the show flat this weekend? ", "We are relocating in spring and need three bedrooms. ", "What would the monthly payment be with a 30 % deposit? ",
           "Is there an international school nearby? ", "Please call after six in the evening, I work in another time zone. ", "We liked the south-facing units on the higher floors. ",
           "Does the price include a parking space? ", "My partner would like to see the floor plan before we visit. "]


def push_file(folder, count, seed=1):
    """Writes `count` submissions for the push tool; the first run makes the file, later ones find it until this module changes."""
    made_by = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:8]
    path = folder / f"submissions-{count}-{seed}-{made_by}.txt"
    if not path.exists():
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{channel} {number} {body}\n" for channel, number, body in stream(count, seed))
    return path


def stream(count, seed=1):
    """(channel, message id, body) of each submission."""
    chance = random.Random(seed)
    known, sent = [], []
    for number in range(count):
        if sent and chance.random() < 0.02:
            yield chance.choice(sent)
            continue
        if known and chance.random() < 0.2:
            person = chance.choice(known)
        else:
            person = make_person(chance, f"{seed}-{number}")
            known.append(person)
        submission = make_submission(chance, person, f"b{seed}-{number}")
        body = json.dumps(submission, ensure_ascii=False, separators=(",", ":"))
        sent.append((submission["channel"], submission["externalId"], body))
        if len(sent) > 500:
            sent.pop(0)
        yield sent[-1]


def make_person(chance, mark):
    chinese = chance.random() < 0.7
    if chinese:
        name = chance.choice(SURNAMES) + "".join(chance.choices(GIVEN, k=chance.choice([1, 2])))
        phone = f"{chance.choice(['138', '139', '150', '158', '186', '188'])} {chance.randrange(10000):04} {chance.randrange(10000):04}"
    else:
        name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
        phone = f"+1 212 {chance.randrange(200, 1000)} {chance.randrange(10000):04}"
    person = {"name": name, "phones": [phone], "language": "zh" if chinese else "en"}
    if chance.random() < 0.6:
        # Four in five at a provider's, the others at the company that they work for.
        person["emails"] = [f"Person.{mark}@{chance.choice(MAIL) if chance.random() < 0.8 else f'firm-{chance.randrange(400)}.example'}"]
    if chinese and chance.random() < 0.5:
        person["wechat"] = f"wx_{mark}"
    return person


def make_submission(chance, person, external):
    low = chance.randrange(200, 900) * 1_000_000
    chinese = person["language"] == "zh"
    submission = {
        "channel": chance.choices(list(CHANNELS), CHANNELS.values())[0], "externalId": external, "campaign": chance.choice(["autumn-2026", "metro-line-18", "school-year"]),
        "submittedAt": f"2026-11-22T03:{chance.randrange(60):02}:{chance.randrange(60):02}Z", "person": person,
        "need": {"purpose": "buy" if chance.random() < 0.9 else "rent", "projects": [chance.choice(PROJECTS)], "districts": [chance.choice(DISTRICTS)],
                 "layouts": [chance.choice(["3室2厅", "2室1厅", "4室2厅"])], "budget": {"min": low, "max": low * 3 // 2, "currency": "CNY"},
                 "area": {"min": 89, "max": 120 + chance.randrange(40)}, "timeframe": chance.choice(["1m", "3m", "6m", "12m"])},
        "consent": {"sms": True, "email": chance.random() < 0.8, "call": True},
        "attributes": {"adId": str(chance.randrange(10**6)), "page": f"https://lintel.example/{chance.choice(PROJECTS)}/{'zh' if chinese else 'en'}",
                       "agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15"},
    }
    wanted = chance.randrange(640, 1400)
    message = ""
    size = len(json.dumps(submission, ensure_ascii=False, separators=(",", ":")).encode())
    while size + len(message.encode()) + 13 < wanted:
        message += chance.choice(CHINESE if chinese else ENGLISH)
    if message:
        submission["message"] = message
    return submission
