"""Texts in many languages, written for this measurement: short phrases, sentences, texts in one language and in two."""

from __future__ import annotations

from typing import Final, NamedTuple

PHRASES: Final[dict[str, tuple[str, ...]]] = {
    "en": ("Good evening, everyone", "I have no idea", "What time is it?", "HAPPY NEW YEAR"),
    "de": ("Herzlichen Glückwunsch", "ich habe keine Zeit", "Wie spät ist es?", "schönes Wochenende"),
    "fr": ("joyeux anniversaire", "je n'ai pas le temps", "Quelle heure est-il ?", "bon appétit"),
    "es": ("feliz cumpleaños", "no tengo tiempo", "¿Qué hora es?", "buen provecho"),
    "it": ("buon compleanno", "non ho tempo", "Che ore sono?", "buon fine settimana"),
    "pt": ("feliz aniversário", "não tenho tempo", "Que horas são?", "bom fim de semana"),
    "nl": ("gefeliciteerd met je verjaardag", "ik heb geen tijd", "Hoe laat is het?"),
    "sv": ("grattis på födelsedagen", "jag har inte tid", "Hur mycket är klockan?"),
    "da": ("tillykke med fødselsdagen", "jeg har ikke tid", "Hvad er klokken?"),
    "no": ("gratulerer med dagen", "jeg har ikke tid nå", "Hva er klokka?"),
    "fi": ("hyvää syntymäpäivää", "minulla ei ole aikaa", "Paljonko kello on?"),
    "pl": ("wszystkiego najlepszego", "nie mam czasu", "Która jest godzina?"),
    "cs": ("všechno nejlepší", "nemám čas", "Kolik je hodin?"),
    "hu": ("boldog születésnapot", "nincs időm", "Hány óra van?"),
    "ro": ("la mulți ani", "nu am timp", "Cât este ceasul?"),
    "tr": ("doğum günün kutlu olsun", "vaktim yok", "Saat kaç?"),
    "vi": ("chúc mừng sinh nhật", "tôi không có thời gian", "Mấy giờ rồi?"),
    "id": ("selamat ulang tahun", "saya tidak punya waktu", "Jam berapa sekarang?"),
    "ru": ("с днём рождения", "у меня нет времени", "Который час?"),
    "uk": ("з днем народження", "у мене немає часу", "Котра година?"),
    "bg": ("честит рожден ден", "нямам време", "Колко е часът?"),
    "el": ("χρόνια πολλά", "δεν έχω χρόνο", "Τι ώρα είναι;"),
    "ar": ("عيد ميلاد سعيد", "ليس لدي وقت", "كم الساعة الآن؟"),
    "fa": ("تولدت مبارک", "من وقت ندارم", "ساعت چند است؟"),
    "he": ("יום הולדת שמח", "אין לי זמן", "מה השעה?"),
    "hi": ("जन्मदिन मुबारक हो", "मेरे पास समय नहीं है", "कितने बजे हैं?"),
    "bn": ("শুভ জন্মদিন", "আমার সময় নেই"),
    "th": ("สุขสันต์วันเกิด", "ฉันไม่มีเวลา"),
    "ko": ("생일 축하합니다", "시간이 없어요", "몇 시예요?"),
    "ja": ("お誕生日おめでとう", "時間がありません", "今何時ですか"),
    "zh": ("生日快乐", "我没有时间", "现在几点了？"),
}

SENTENCES: Final[dict[str, tuple[str, ...]]] = {
    "en": (
        "The committee postponed its decision because two of the reports had not arrived.",
        "If the train leaves before nine, she will reach the coast in time for lunch.",
    ),
    "de": (
        "Der Ausschuss verschob seine Entscheidung, weil zwei Berichte noch fehlten.",
        "Wenn der Zug vor neun Uhr abfährt, erreicht sie die Küste rechtzeitig zum Mittagessen.",
    ),
    "fr": (
        "Le comité a reporté sa décision parce que deux rapports n'étaient pas arrivés.",
        "Si le train part avant neuf heures, elle atteindra la côte à temps pour déjeuner.",
    ),
    "es": (
        "El comité aplazó su decisión porque dos de los informes no habían llegado.",
        "Si el tren sale antes de las nueve, ella llegará a la costa a tiempo para comer.",
    ),
    "it": (
        "Il comitato ha rinviato la decisione perché due relazioni non erano arrivate.",
        "Se il treno parte prima delle nove, arriverà sulla costa in tempo per il pranzo.",
    ),
    "pt": (
        "O comitê adiou a sua decisão porque dois dos relatórios não tinham chegado.",
        "Se o trem partir antes das nove, ela chegará à costa a tempo para o almoço.",
    ),
    "nl": (
        "De commissie stelde haar besluit uit omdat twee van de verslagen ontbraken.",
        "Als de trein voor negen uur vertrekt, is ze op tijd aan de kust voor de lunch.",
    ),
    "sv": (
        "Kommittén sköt upp sitt beslut eftersom två av rapporterna inte hade kommit.",
        "Om tåget avgår före nio når hon kusten i tid till lunchen.",
    ),
    "da": (
        "Udvalget udsatte sin beslutning, fordi to af rapporterne ikke var kommet.",
        "Hvis toget kører før klokken ni, når hun kysten i tide til frokost.",
    ),
    "no": (
        "Komiteen utsatte avgjørelsen fordi to av rapportene ikke hadde kommet fram.",
        "Hvis toget går før klokka ni, kommer hun fram til kysten i tide til lunsj.",
    ),
    "fi": (
        "Valiokunta lykkäsi päätöstään, koska kaksi raporttia ei ollut saapunut.",
        "Jos juna lähtee ennen yhdeksää, hän ehtii rannikolle lounaaksi.",
    ),
    "pl": (
        "Komisja odroczyła decyzję, ponieważ dwa sprawozdania jeszcze nie dotarły.",
        "Jeśli pociąg odjedzie przed dziewiątą, zdąży nad morze na obiad.",
    ),
    "cs": (
        "Výbor odložil své rozhodnutí, protože dvě zprávy ještě nedorazily.",
        "Pokud vlak odjede před devátou, stihne být na pobřeží včas na oběd.",
    ),
    "hu": (
        "A bizottság elhalasztotta a döntést, mert két jelentés még nem érkezett meg.",
        "Ha a vonat kilenc előtt indul, időben a partra ér ebédre.",
    ),
    "ro": (
        "Comitetul a amânat decizia pentru că două dintre rapoarte nu sosiseră.",
        "Dacă trenul pleacă înainte de nouă, ea va ajunge pe coastă la timp pentru prânz.",
    ),
    "tr": (
        "Raporların ikisi henüz gelmediği için komite kararını erteledi.",
        "Tren dokuzdan önce kalkarsa öğle yemeğine kadar kıyıya varacak.",
    ),
    "vi": (
        "Ủy ban hoãn quyết định vì hai bản báo cáo vẫn chưa đến.",
        "Nếu tàu rời ga trước chín giờ, cô ấy sẽ đến bờ biển kịp bữa trưa.",
    ),
    "id": (
        "Panitia menunda keputusannya karena dua laporan belum tiba.",
        "Jika kereta berangkat sebelum pukul sembilan, dia akan sampai di pantai untuk makan siang.",
    ),
    "ru": (
        "Комитет отложил решение, потому что два отчёта ещё не пришли.",
        "Если поезд отправится до девяти, она доберётся до побережья к обеду.",
    ),
    "uk": (
        "Комітет відклав рішення, оскільки два звіти ще не надійшли.",
        "Якщо потяг вирушить до дев'ятої, вона дістанеться узбережжя до обіду.",
    ),
    "bg": (
        "Комитетът отложи решението си, защото два от докладите не бяха пристигнали.",
        "Ако влакът тръгне преди девет, тя ще стигне до брега навреме за обяд.",
    ),
    "el": (
        "Η επιτροπή ανέβαλε την απόφασή της επειδή δύο από τις εκθέσεις δεν είχαν φτάσει.",
        "Αν το τρένο φύγει πριν τις εννέα, θα φτάσει στην ακτή εγκαίρως για το γεύμα.",
    ),
    "ar": (
        "أجلت اللجنة قرارها لأن تقريرين من التقارير لم يصلا بعد.",
        "إذا غادر القطار قبل التاسعة فستصل إلى الساحل في وقت الغداء.",
    ),
    "fa": (
        "کمیته تصمیم خود را به تعویق انداخت چون دو گزارش هنوز نرسیده بود.",
        "اگر قطار پیش از ساعت نه حرکت کند، او برای ناهار به ساحل می‌رسد.",
    ),
    "he": (
        "הוועדה דחתה את החלטתה משום ששניים מהדוחות לא הגיעו.",
        "אם הרכבת תצא לפני תשע, היא תגיע לחוף בזמן לארוחת הצהריים.",
    ),
    "hi": (
        "समिति ने अपना निर्णय टाल दिया क्योंकि दो रिपोर्टें अभी नहीं आई थीं।",
        "अगर ट्रेन नौ बजे से पहले चलती है तो वह दोपहर के भोजन तक तट पर पहुँच जाएगी।",
    ),
    "th": ("คณะกรรมการเลื่อนการตัดสินใจเพราะรายงานสองฉบับยังมาไม่ถึง",),
    "ko": ("보고서 두 건이 도착하지 않아서 위원회는 결정을 미루었다.", "기차가 아홉 시 전에 떠나면 그녀는 점심때 해안에 도착할 것이다."),
    "ja": ("報告書が二つ届いていなかったため、委員会は決定を延期した。", "列車が九時前に出れば、彼女は昼食に間に合うように海岸に着く。"),
    "zh": ("由于两份报告尚未送达，委员会推迟了决定。", "如果火车九点前出发，她就能赶在午饭前到达海边。"),
}  # fmt: skip


class Written(NamedTuple):
    """A text, the language asked for, and whether it is written in it throughout."""

    language: str
    text: str
    pure: bool


_CODE = "\n```python\ndef total(values):\n    # add all of them up\n    return sum(value for value in values if value > 0)\n```\n"

TEXTS: Final[tuple[Written, ...]] = (
    Written(
        "en",
        "First we compute the derivative $f'(x) = 2x \\cdot \\sin(x)$ and set it to zero. The helper `solve_equation` "
        "does the rest; see https://example.org/docs/solver for details." + _CODE + "So the maximum is at x = 2.",
        pure=True,
    ),
    Written(
        "de",
        "Zuerst berechnen wir die Ableitung $f'(x) = 2x$ und setzen sie gleich null. Die Funktion `total` addiert alle "
        "positiven Werte:" + _CODE + "Damit liegt das Maximum bei $x = 2$, was zu zeigen war.",
        pure=True,
    ),
    Written(
        "fr",
        "On calcule d'abord la dérivée \\(f'(x) = 2x\\), puis on cherche où elle s'annule. La fonction `total` fait la "
        "somme :" + _CODE + "Le maximum se trouve donc en $x = 2$, ce qui répond à la question.",
        pure=True,
    ),
    Written(
        "es",
        "Primero calculamos la derivada $$f'(x) = 2x$$ y la igualamos a cero. La función `total` suma los valores "
        "positivos:" + _CODE + "Por lo tanto, el máximo está en $x = 2$ y la respuesta es 4.",
        pure=True,
    ),
    Written(
        "zh",
        "首先我们求导数 $f'(x) = 2x$，并令其等于零。函数 `total` 把所有正数加起来：" + _CODE + "因此最大值在 $x = 2$ 处取得，答案是四。",
        pure=True,
    ),
    Written(
        "ja",
        "まず導関数 $f'(x) = 2x$ を求め、それをゼロと置きます。関数 `total` は正の値をすべて足します。" + _CODE + "したがって最大値は $x = 2$ のときです。",
        pure=True,
    ),
    Written(
        "ko",
        "먼저 도함수 $f'(x) = 2x$ 를 구하고 0으로 둡니다. 함수 `total` 은 양수를 모두 더합니다." + _CODE + "따라서 최댓값은 $x = 2$ 에서 나타납니다.",
        pure=True,
    ),
    Written(
        "ru",
        "Сначала найдём производную $f'(x) = 2x$ и приравняем её к нулю. Функция `total` складывает положительные "
        "числа:" + _CODE + "Значит, максимум достигается при $x = 2$, и ответ равен четырём.",
        pure=True,
    ),
    Written(
        "ar",
        "أولا نحسب المشتقة $f'(x) = 2x$ ثم نساويها بالصفر. الدالة `total` تجمع كل القيم الموجبة:" + _CODE + "إذن تكون القيمة العظمى عند $x = 2$ وهذا هو الجواب.",
        pure=True,
    ),
    Written(
        "tr",
        "Önce türevi $f'(x) = 2x$ buluruz ve sıfıra eşitleriz. `total` fonksiyonu pozitif değerleri toplar:" + _CODE + "Böylece en büyük değer $x = 2$ noktasında elde edilir.",
        pure=True,
    ),
    Written(
        "en",
        "We need to find the largest value of the function. 首先对函数求导，然后令导数等于零，得到唯一的临界点。 So the answer is four, "
        "因为在这一点函数取得最大值。",
        pure=False,
    ),
    Written(
        "zh",
        "我们先看第一个条件。 The second condition says that the sum must be smaller than ten, so we can rule out most of the "
        "cases. 所以答案是三。 Let me check this again before I write down the final answer.",
        pure=False,
    ),
    Written(
        "de",
        "Zuerst betrachten wir die erste Bedingung. Then we look at the second condition and see that the sum has to be "
        "even. Also ist die Antwort gerade. Therefore the only possible value is eight, and we are done.",
        pure=False,
    ),
    Written(
        "fr",
        "On commence par la première condition. Now the second condition tells us that the number is prime, so there are "
        "only four candidates left. Donc la réponse est sept. Let me double check that quickly.",
        pure=False,
    ),
    Written(
        "es",
        "Entonces yo creo que the answer should be siete porque when we add los dos números we get catorce, y eso is "
        "exactly what they asked for, así que we can stop aquí.",
        pure=False,
    ),
    Written(
        "ru",
        "Сначала рассмотрим первое условие. 然后我们看第二个条件，可以发现这个数必须是偶数。 Значит, ответ чётный. "
        "因此唯一可能的答案是八。",
        pure=False,
    ),
    Written(
        "ja",
        "まず最初の条件を見ます。 The second condition says that the number is even, so only two candidates remain to be checked. "
        "したがって答えは八です。 We are done with the proof now.",
        pure=False,
    ),
    Written(
        "ko",
        "먼저 첫 번째 조건을 봅시다. 第二个条件说明这个数是偶数，所以只剩下两个候选。 따라서 답은 팔입니다. 证明到此结束。",
        pure=False,
    ),
    Written(
        "pt",
        "Primeiro olhamos para a condição inicial. Luego vemos que la segunda condición dice que el número es par, así "
        "que solo quedan dos posibilidades. Then we check both of them and keep the larger one.",
        pure=False,
    ),
    Written(
        "it",
        "Prima consideriamo la prima condizione. Dann sehen wir, dass die zweite Bedingung nur gerade Zahlen zulässt. "
        "Quindi la risposta è otto. Damit ist der Beweis beendet und wir sind fertig.",
        pure=False,
    ),
)  # fmt: skip
