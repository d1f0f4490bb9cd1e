"""Everyday words by language: what tells short phrases apart, and finds a second language within a sentence.

About a hundred and fifty each: articles, pronouns, forms of "to be" and "to have", prepositions, question words,
greetings, and the verbs, nouns and adjectives that everyone uses first.
"""

from __future__ import annotations

from itertools import repeat
from operator import add
from typing import Final

_TABLE: Final = """
en: a about after again against all always am an and another answer any are around as at back be beautiful because
been before being below between big book both but by can car check child children city come cost could day did do does
don done drink each eat else equal equals even evening every few find first five food for four friend from get given
go going good got had happy has have he hello help hence her here him his house how however i if in into is it it's
just know last later less let like little long look love m made make man many may me means might money more morning
most much must my name near need needs never new next night no none not nothing now number numbers of off old on once
one only or other our out over own people per place please question quite rather right s said same say says school
second see shall she should side since small so some something speak station step still such sum t take tell than
thank thanks that the their them then there therefore these they thing think third this though three through thus time
to today tomorrow too total two under understand until up upon us use used value very want was water way we welcome
well went were what when where whether which while who whose why will with without woman work world would wrong year
years yes yesterday yet you your
de: abend aber alle alles als also alt am an antwort arbeit auch auf aus auto bahnhof bei beide beim bin bis bist
bitte buch dabei daher damit danach dank danke dann das dass dazu dein dem den denke denn der des deshalb die diese
diesem diesen dieser dieses dir doch dort drei dritte du durch dürfen ein eine einem einen einer eins er ergibt erste
ersten es essen etwas euch falsch folgt frage frau freund fröhliche für gegen gehen geht geld gestern gibt gilt gleich
groß gut guten haben hallo hat hatte haus heute hier hierbei hilfe ich ihm ihn ihnen ihr ihre ihrem ihren im immer in
ins ist ja jahr jede jeder jedes jetzt kann kein keine kind kinder klein kommen kostet können leben leute liebe mal
man mann mehr mein mir mit morgen muss möchte müssen nach nacht name nein neu neue nicht nichts nie noch nun nur ob
oder ohne richtig schon schule schön sehr sein seine seinen sich sie sind so soll sollte somit sprechen spricht spät
stadt summe tag trinken um und uns unser unsere unter verstehe viel vier vom von vor war warum was wasser weil weiß
welt weniger wenn wer werden wert wie wieder wiedersehen will wir wird wissen wo wäre zahl zahlen zeit zu zuerst zum
zur zwei zweite zweiten zwischen über
fr: a ai aide ainsi aller alors ami année après argent assez au aujourd aussi autre autres aux avant avec avoir avons
beau beaucoup belle bien bientôt boire bon bonjour bonne bonsoir c calcul calcule car ce cela celle celui ces cette
ceux chaque chez combien comme comment comprends contre coûte d dans de demain des deux deuxième doit donc donne dont
du eau elle elles en encore enfant enfants enfin ensuite entre es est est-ce et faire fait faut faux femme fois gare
gens grand grande heure hier homme ici il ils j jamais je jour jusqu l la le les leur leurs livre lui là m ma mais
maison manger me merci mes moins mon monde même n ne ni nom nombre nombres non nos notre nous nouveau nouvelle nuit on
ont ou oui où par parce parler parlez pas pense petit petite peu peut plaît plus pour pourquoi premier première
prochaine puis qu quand que quelque question qui quoi reste revoir rien réponse s sa sais salut sans savoir se seconde
serait ses si soit somme sommes son sont sous suis sur t te temps toujours tous tout travail trois trop trouve très tu
un une va vais vaut venir vers veux vie vieux ville voilà voir voiture vos votre voudrais vous vrai y ça école égal
était étape été être
es: a además adiós agua ahora al algo allí ambos amigo ante antes aquí así aunque ayer ayuda año beber bien bonito
buenas buenos cada casa casi ciudad coche comer como con contra creo cuando cuesta cuál cuánto cómo dado de debe del
desde después dice dicen dinero donde dos días el ella en entiendo entonces entre era es esa esas escuela ese eso esos
esta estación este esto estoy está están favor feliz fue gente gracias grande gusta hablar hablas hace hacer hacia han
hasta hay he hermoso hola hombre hoy igual ir la las le les libro llamo lo los luego mañana me menos mi mientras mis
misma mismo muchas mucho mujer mundo muy más nada ni niño niños no noches nombre nos nosotros nuestra nuestro nueva
nuevo nunca número números o otra otras otro otros para paso pequeño pero pienso poco por porque pregunta primera
primero pronto puede que quiero quisiera quién qué respuesta saber se sea segunda segundo según ser señor si siempre
sin sobre solo son su suma sus sé sí sólo también tanto tardes te tenemos tengo ti tiempo tiene toda todo todos
trabajo tres tu tú un una unos usted ustedes valor vamos vemos venir verdad vida viejo voy y ya yo él
it: a abbiamo acqua agli aiuto al alla alle allo allora altra altre altri altro amico anche ancora andare andiamo anno
arrivederci bambini bambino bella bello bene bere buon buona buonasera buongiorno c capisco casa che chi ci ciao città
com come con condizione consideriamo contro cosa costa così cui da dai dal dalla dato dei del della delle deve di
domanda domani donna dopo dov dove due e ed era essere fa falso fare favore felice fra gente già gli grande grazie ha
hai hanno ho i ieri il in inoltre io l la lavoro le lei libro lo loro lui là lì ma macchina mai mangiare meno mentre
mi mille mio molto mondo ne negli nei nel nella niente noi nome non nostra nostro notte numeri numero nuova nuovo o
oggi ogni ora pari parla parlare parlo passo penso per perché piace piccolo più poco poi possiamo prego presto prima
primo può qualcosa quando quanto quasi quella quelli quello questa questo qui quindi risposta risulta sapere scuola
scusi se seconda secondo sei sempre senza si siamo so soldi solo somma sono sopra sta stai stata stato stazione stesso
su sulla suo sì tempo ti tra tre tu tutta tutte tutti tutto uguale un una uno uomo vado valore vecchio vediamo venire
vero vi vita voglio voi vorrei è
pt: a agora ainda ajuda ajude algo ali além amanhã amigo ano antes ao aos apenas aquela aquele aqui as assim até beber
bem boa bom bonito breve cada carro casa chamo cidade com comer como condição contra criança crianças custa da dado
das de dela dele deles depois desde deve dia dinheiro disso do dois dos e ela ele eles em enquanto entendo entre então
era escola essa esse esta estação este estou está estão eu fala falar favor faz fazer feliz fica foi foram gente gosto
grande hoje homem há igual ir isso isto já lhe livro logo mais mas me menos meu minha muito mulher mundo na nada nas
no noite nome nos nossa nosso nova novo nunca não nós número números o obrigada obrigado olá onde ontem os ou outra
outras outro outros par para passo pela pelas pelo pelos penso pequeno pergunta pode podemos por porque pouco primeira
primeiro qual quando quanto quase que quem queria quero resposta saber se segunda segundo sei seja sem sempre ser seu
sim sobre soma sua são só também tarde tchau te tem temos tempo tenho toda todas todos trabalho três tudo um uma vai
valor vamos velho vemos verdade vida vir você vou à às água é
nl: aan al alle alles als alstublieft altijd andere antwoord auto avond bedankt begrijp beide ben bij boek daar daarna
daarom dag dan dank dat de denk derde deze dezelfde die dit door drie drinken dus een eerst eerste elke en er eten
even fout ga gaan gaat geeft geen geld gelijk gelukkig getal getallen gisteren goed goede goedemorgen graag groot haar
hallo heb hebben heeft hem het hier hij hoe huis hulp hun iets ik in is ja jaar je jij jou jouw jullie kan kind
kinderen klein komen kost kunnen leuk leven maar mag man me meer mensen met mij mijn minder moet moeten mooi morgen
naam naar nacht nee niet niets nieuw nieuwe nog nooit nu of om omdat onder ons onze ook op oud over s school som
spreekt spreken stad station straks te tegen tijd toch toen tot tussen twee tweede u uit van vandaag veel vier voor
vraag vriend vrouw waar waarde waarom want was wat water we weer weet wel wereld werk weten wie wij wil worden wordt
ze zeer ziens zij zijn zonder zou
sv: aldrig alla allt alltid alltså andra arbete att av bara barn bil blir bok bra båda dag de dem den denna deras dess
det detta dig din dricka du där därför då efter eftersom eller en era ert ett fel folk fråga från fyra får för före
först första förstår gammal ger god gott grattis gå går hade han har hej henne heter hjälp hon honom hur hus här i
idag igen igår imorgon ingen inget innan inte ja jag jul kan klockan komma kommer kostar kunna kvinna kväll ligger
lika liten liv lycklig man med mellan men mer mig min mindre morgon mot mycket mår måste namn natt nej ni nu ny nya
när något och också om oss pengar prata pratar på redan rätt samma sedan ses sig sin ska skola skulle snart snälla som
stad station stationen stor summan svar så tack tal talar talet tid till tre tredje tror två tänker under utan vacker
vad var vara varför varit varje vatten vem vet veta vi vid vill välkommen vän värde värld vår våra är äta år över
da: af aften aldrig alle alt altid altså anden andre arbejde at barn begge bil blive bliver bog by børn dag de dem den
denne der derefter deres derfor det dette dig din drikke du efter eller en er et farvel fire folk for fordi forkert
forstår fra frem får før først første gammel giver glad god godmorgen godt gå går gør ham han har havde hedder hej
hende her hjælp hun hus hvad hvem hver hvilken hvis hvor hvordan hvorfor hvornår i idag igen ikke ingen intet ja jeg
jer kan klokken komme kommer koster kun kunne kvinde lidt lige ligger lille liv man mand mange med meget mellem men
mere mig min mindre mod morgen må måtte nat navn nej noget nogle nu ny nye når og også om os over penge på rigtigt
samme selv ses sig sin skal skole skulle smuk som spise spørgsmål station stationen stor summen svar så tak tal tale
taler tallet tid til tillykke to tre tredje tror tænker uden under vand var ved ven verden vi vide vil vores værdi
være været år
no: aldri alle alltid alt altså andre arbeid at av bare barn begge bil blir bok bra by dag de deg dem den denne der
dere deres deretter derfor det dette din drikke du eller en er et etter feil fire folk for fordi forstår fra fram får
før først første gammel gir gjør glad god godt gratulerer gå går ha hadde ham han har hei henne her heter hjelp hun
hus hva hvem hver hvilken hvis hvor hvordan hvorfor igjen ikke ingen ingenting ja jeg jobb kan kjære klokka klokken
komme kommer koster kunne kveld kvinne ligger lik liten litt liv man mange mann med meg mellom men mer min mindre
morgen mot mye må måtte natt navn nei noe noen ny nye nå når og også om oss over penger på riktig samme sees seg selv
sin skal skole skulle snakke snakker som spise spørsmål stasjon stasjonen stor summen svar så takk tall tallet tenker
tid til to tre tredje tror tusen under uten vakker vann var ved veldig venn verden verdi vet vi vil vite vår våre være
vært år
fi: aika aina ajattelen antaa anteeksi apua arvo asema auto ei eilen eivät eli elämä emme en enemmän ensimmäinen ensin
et että haluaisin haluan hauska he hei heidän huomenna huomenta hyvä hyvää hän hänen ihminen ihmiset ilman iltaa iso
ja jo joka jokainen jos jotain juoda kaikki kaksi kanssa kaunis kaupunki kiitoksia kiitos kirja kolmas kolme koska
koskaan koulu kuin kuka kun kuuluu kyllä kysymys lapset lapsi luku luvut maailma maksaa me meidän menen mennä mennään
mies miksi mikä minua minun minä missä miten mitä mitään moi molemmat mukaan mutta myös nainen neljä niin nimeni nimi
nyt nähdään näkemiin oikein ole olen olet oli olla on onnellinen ovat paljon pian pieni pitää puhua puhun puhutko
päivää rahaa rakastan sama se sen siellä siis siksi sinua sinun sinä sitten summa suuri syödä tai talo tavata te tiedä
tiedän toinen tulen tulla työ tämä tämän tänään täytyy täällä uusi vain vanha vastaus vettä vielä voi vuosi vähemmän
välillä väärin yhtä yksi ymmärrä ymmärrän ystävä yötä
pl: aby ale bardzo bez by być był była było chciałbym chcę ciebie cię co coś czas cześć cztery czy człowiek daje dla
dlaczego dlatego do dobra dobranoc dobry dobrze dom drugi duży dwa dworzec dzieci dziecko dzień dzisiaj dzięki
dziękuję gdy gdzie i ich idę ile imię inny iść ja jak jeden jego jej jest jestem jesteś jeszcze jeśli jeść jutro już
każdy kiedy kobieta kosztuje książka kto która które który liczba liczby lub ludzie ma mam masz mały miasto między
mnie mniej mogą może można musi my myślę mój mówi mówisz mówić na nad najpierw nas nasz nazywam nic nie nigdy noc nowa
nowy o oba od odpowiedź on ona oni oraz pan pani pieniądze pierwszy pić piękny po pod pomoc ponieważ potem praca
prawda proszę przeciw przez przyjaciel przyjść pytanie rano rok rozumiem równa również samochód się stary suma
szczęśliwy szkoła są ta tak tam te ten teraz to trzeci trzy tutaj twój ty tylko u w wartość was wczoraj widzenia
wieczór wiedzieć wiem więc więcej woda wody wszystkie wszystko wy z za zatem zawsze ze zobaczenia świat że życie
cs: a aby ahoj ale ano auto bez by byl byla byli bylo být chci chtěl co den dnes do dobrou dobré dobrý dobře druhý dva
dává díky dítě děkuji děti dům hodnota i jak jaké jdu je jeden jeho jejich její jen ještě jiný jmenuji jméno jsem jsi
jsme jsou jste já jíst jít kam každý kde kdo když kniha kolik krásný která které který lidé lze malý mezi mi mluvit
mluvíte mnohokrát moc mohou musí my myslím má mám máš méně mě město můj může na nad nashledanou ne nebo nejprve nevím
nic nikdy noc nová nový nádraží nás náš něco o oba od odpověď on ona oni otázka pak pane paní peníze po pod pokud
pomoc potom pravda pro prosím proti proto protože proč první práce pít přijít přítel rok rovná rozumím ráno s se
shledanou si součet starý stojí svět ta tady tak také tam tebe tedy ten teď to tvůj ty třetí tři u už v velký velmi
večer voda vody vy vás více vím včera vědět všechno všechny vždy z za ze zítra čas člověk čtyři čísla číslo škola
šťastný že žena život
sk: a aby ahoj ak ako aké ale alebo auto bez bol bola boli bolo by byť chcel chcem deti deň dieťa dnes do dobre dobré
dobrú dobrý dom dovidenia druhý dva dáva ešte hodnota hovoriť hovoríte i ich idem iný ja je jeden jeho jej jesť kam
každý kde keď kniha koľko krásny kto ktorá ktoré ktorý len malý medzi menej meno mesto musia musí my myslím má mám máš
môj môže môžu mňa na nad najprv neviem nie niečo nikdy nič noc nová nový nás náš o oba od odpoveď on ona oni otázka
pani peniaze piť po pod pomoc potom pravda pre preto pretože prečo priateľ prosím proti prvý práca prísť pán rok rovná
rozumiem ráno s sa si sme som stanica starý ste stojí svet sú súčet tak tam teba teda ten teraz tiež to tretí tri tu
tvoj ty tá u už v vedieť večer veľký veľmi viac videnia viem voda vody volám vy vás včera vďaka všetko všetky vždy z
za zajtra zo áno ísť čas človek čo čísla číslo ďakujem ľudia škola štyri šťastný že žena život
hu: a ad akarok akkor autó az azaz azt azután barát beszél beszélni boldog csak de egy egyenlő ellen első először
ember emberek engem enni estét ez ezt ezért férfi gondolom gyerek gyerekek ha hamis harmadik hogy hogyan hol holnap
három ház hívnak idő igaz igen inni is iskola itt jó jól jönni kell kellett kerül kettő kevesebb ki kicsi kérdés kérem
két könyv köszi köszönöm között legyen lehet lesz ma majd meg megyek menni mennyibe mert mi minden mindenki mindig
mindkét minket mint mit mivel miért most munka már más második még nagy nagyon napot nem négy nélkül név nő ott pénz
reggelt régi segítség semmi soha szeretlek szeretnék szerint szia szám számok szép szépen te tegnap tehát ti tudni
tudok tudom téged több után vagy vagyok vagyunk valami van világ viszlát viszontlátásra vizet volt válasz város víz
állomás éjszakát élet én értem érték és év összeg összege összes új ő ők
ro: a aceasta această acest acesta acolo acum adevăr ai aici ajutor al ale alt am ambele an apoi apă are avea azi aș
bani bea bine bună carte casă ce ceva cine contra copii copil costă cred cu cum curând când cât că da dacă dar de deci
dimineața din doi doua două după dă e ea egal ei el era este eu ești fac face femeie fericit fi fiecare foarte fost
frumoasă frumos fără gara gară ieri la le lor lui lume mai mare mașină merg merge meu mic mult mulțumesc muncă mâine
mânca mă ne niciodată nimic noapte noastre noi nou nouă nu nume numele numere numesc număr o oameni om oraș patru pe
pentru place poate pot prieten prima primul prin puțin revedere rog răspuns salut sau se seara suma sunt suntem să te
timp toate trebuie trei treilea tu tău un unde unei unui urmare valoare vechi veni viață vin voi vorbi vorbiți vreau
vă ziua îl în întotdeauna între întrebare întâi înțeleg școală și ști știu
tr: adam adım akşamlar ama anlıyorum araba arasında arkadaş asla aynı az başka ben beni benim biliyorum bilmiyorum bir
biz bizi bizim bu bugün burada böylece bütün büyük cevap da daha de değer değeri değil değilim doğru dört dün dünya
düşünüyorum ederim en eski ev evet eğer eşit fazla geceler geldiniz geliyor gelmek gibi gidelim gidiyorum gitmek göre
görüşürüz güle günaydın günler güzel hayat hayır her hiç hoş hoşça iki ikinci ile ilk insan insanlar ise isim istasyon
istasyonu istiyorum iyi için içmek iş kadar kadın kal karşı ki kim kitap konuşmak konuşuyor küçük lazım lütfen merhaba
mi musunuz mutlu mı nasıl nasılsın nasılsınız ne neden nedenle nerede o okul olan olarak olmalı olur onlar onların onu
onun orada para sayı sayılar sayısı sen seni senin siz sonra soru su tamam tek teşekkür teşekkürler toplam toplamı var
ve verir veya yanlış yardım yarın yemek yeni yok yıl zaman çocuk çocuklar çok çünkü önce üç üçüncü şehir şey şimdi
vi: ai anh ba bao biết biệt buổi bây bạn bằng bốn bởi cho chào chúng chị chống con cuộc các câu có cũ cũng cả cảm của
do dưới em ga gian giá giúp giới giờ giữa gì gặp hai hiểu hoặc hôm hơn hạnh hẹn họ học hỏi khi khác không khỏe kia
luôn là làm lại lắm lớn lời mai muốn mà mình mỗi một mới nay nghĩ ngày người nhiêu nhiều nhà như nhưng nhất nhỏ những
này nên nói năm nước nếu nữ nữa phúc phải phố phụ qua ra rất rồi sai sao sau sách sáng sẽ số sống ta thành thì thế
thời thứ tiên tiền trong trên trước trường trả trẻ trị tên tôi tạm tất tối tốt tổng từ uống việc và vào vâng vì vậy về
với xe xin yêu ít ông ăn đang đi đàn đâu đã đó đúng được đầu đẹp đến để ơn ở
id: ada adalah air akan anak anda angka antara apa atau bagaimana bagi bahagia baik bantu bantuan banyak baru belum
benar berapa berbicara besar besok bicara bilangan bisa buku cantik dan dapat dari datang dengan di dia dua dunia
empat halo hanya harga hari harus hidup indah ingin ini itu jadi jangan jawaban jika juga jumlah jumpa kabar kalau
kami kamu karena kasih ke kecil kedua kemarin kemudian kerja ketiga ketika kita kota kurang lagi lain laki lama lebih
maka makan malam mana masih mau melawan memberi mengapa mengerti mereka minum mobil nama nilai oleh orang pada pagi
para perempuan pergi pernah pertama pertanyaan pikir rumah salah sama sampai sana sangat satu saya sebelum sekarang
sekolah selalu selamat semua senang seperti sesuatu setelah setiap siang siapa sini sore stasiun sudah tahu tahun
tanpa telah teman tentang terima tersebut tetapi tidak tiga tinggal tolong uang untuk waktu ya yang
hr: ako ali auto bez bila bilo bio biti bok da dan danas dijete djeca dobar dobra dobro doviđenja doći drugi dva gdje
godina gospodin govorite govoriti grad htio hvala i idem ili ima imam ime isti između ići ja je jedan jer jesi jesmo
jeste jesti još jutro jučer kad kada kako kao knjiga koja koje koji koliko kolodvor kuća laku lijep lijepa ljubav
ljudi mali mene mi mislim moj molim mora može na nas ne nešto nije nikad ništa nova novac novi noć od odgovor on ona
onda oni ovdje pitanje piti pomoć posao pravi prijatelj protiv prvi puno rad razumijem sada sam samo se si smo sretan
stari ste stoji su sutra sve svijet također tamo tebe ti tko treba tri tvoj u uvijek vas velik velika već večer vi
vidimo vidjeti voda vode vrijeme vrlo za zašto zdravo znam znati zovem ćemo ću čovjek škola što želim žena život
sl: ali avto bi bil bila bilo biti bom boš brez da dan danes delo denar dober dobra dobro drug dva ena govorite
govoriti grem hiša hočem hvala ima imam ime in isti iti ja jaz je jesti jutri jutro kaj kako kdo ker ki kje knjiga ko
koliko kot lahko lep lepa lepo leto ljubezen ljudje majhen med mene mesto mi mislim moj mora na nas nasvidenje naš ne
nekaj ni nikoli nič nov nova noč od odgovor on ona oni otroci otrok piti pomoč postaja potem prav prijatelj priti
prosim proti prvi razumem samo se sem si smo so srečen sta stane star ste svet tam tebe ti treba tri tudi tukaj tvoj v
vas vedeti vedno velik velika vem večer vi vidimo voda vode vprašanje vse včeraj za zakaj zdaj zdravo zelo čas če
človek še šola že želim ženska živjo življenje
et: aasta abi aeg aega aga ainult aitäh alati arvan auto ei eile elu esimene et hea head homme hommikust ilma ilus
inimesed ja jaam jah juba juua ka kaks kes kolm kool kui kuidas kunagi kus kõik küsimus laps lapsed linn lähen ma
maailm maja maksab me mees midagi miks mina minna minu mis mõistan nad naine nii nimi nägemist nüüd oled olema olen
oli on palun peab päeva päevast raamat raha räägite rääkida sa sama seal see sest siin siis sina sinu suur sõber süüa
ta tahan te tean teine tema tere tulla täna tänan töö uus vahel vale vana vastu vastus veel vett väga väike või võib
õhtust õige õnnelik ööd üks
lv: ar arī atbilde atā auto bet bez bija bērns būt cilvēki cits darbs divi domāju draugs dzert dzīve eju es esmu gads
gribu grāmata iet ir ja jau jauns jautājums jā jūs ka kad kas kaut kur kā kāpēc labdien labi labrīt labs labu labvakar
laiks laimīgs liels lūdzu maksā mans mazs māja mēs nauda ne nekad nekas no nākt nē paldies palīdzība par pareizi
pasaule pie pilsēta pirmais pret redzēšanos runājat runāt rīt saprotu sieviete skaists skola stacija starp sveiki tad
tagad tas tavs trīs tu tur tāpēc un uz vai vakar var vecs vienmēr viens viss viņa viņi viņš vārds vēl vīrietis zinu
zināt ēst ļoti šeit šodien ūdens
lt: ar ateiti atsakymas ačiū aš be bet buvo būti dabar dar darbas didelis diena draugas du einu eiti esu gali gerai
geras gero gerti gražus gyvenimas ir iš jau jei ji jie jis jūs kad kai kainuoja kaip kalbate kalbėti kas kažkas kitas
klausimas knyga kodėl kur labai labanakt labas laikas laimingas manau mano mažas mes metai miestas mokykla moteris
namas naujas ne nes nežinau niekada nieko noriu pagalba pasaulis pasimatymo pat per pinigai pirmas prašau prie prieš
rytas rytoj sekasi senas stotis su suprantu sveiki tada tai taip tarp tavo teisinga ten trys tu vaikas vakar vakaras
valgyti vandens vanduo vardas vienas visada viskas viso vyras yra čia į šiandien žinau žinoti žmogus žmonės
sw: alikuwa ana asante asubuhi au bei bila cha dhidi dunia elewa furaha gari habari hapa hapana hii hiyo hujambo huko
iko jambo jana jibu jina jioni kama kamwe karibu kati katika kazi kesho kila kisha kitabu kitu kituo kubwa kuja kula
kunywa kuwa kwa kwaheri kwanza kweli kwenda la lakini langu lazima leo maisha maji mambo mbili mimi mji moja mpya
msaada mtoto mtu mwaka mwanamke mwanaume mwingine mzuri na naenda nafikiri najua nakupenda nani nataka ndiyo ndogo ni
nina nini njema nyumba nzuri pesa pia pole rafiki sababu salama sana sasa sema shule si sijui sisi swali tafadhali
taka tatu tena unaitwa unasema usiku vipi vya wa wakati wao wapi watoto watu wewe wote ya yako yangu yeye za
ca: abans adéu ahir aigua això ajuda al allà altre amb amic anar any aquest aquesta aquí ara aviat avui beure bon bona
bonic bé casa ciutat com contra cosa costa cotxe de del demà després dia diners dona doncs dos el ell ella els en
entenc entre era escola estació està feina feliç fer fins gent gran gràcies ha han hola home i jo les llibre mai
mateix menjar meu molt més món nen nens nit no nom nosaltres nou nova o on parla parlar penso per perquè però petit
pregunta primer quan quant que qui què res resposta saber sempre sense seva si sisplau sé són també tarda temps tot
tots tres tu un una vaig vell venir veritat vida voldria vostè vull és
tl: akin aklat ako alam ang ano at ay babae bagay bago bahay bakit bata buhay bukas dalawa dapat din dito doon
dumating gabi gusto hapon hindi iba ikaw intindi isa isip istasyon ito iyan iyo kahapon kaibigan kailanman kami kasi
kita ko kotse kumain kumusta kung laban lagi lahat lalaki luma lungsod maganda magandang magkano magsalita mahal
malaki mali maliit masaya may mayroon mga mo mundo na napaka ng ngayon niya o oo oras pa paalam paano paaralan pagitan
pangalan para pareho pera pero po pumunta punta rin sa saan sagot salamat sila sino siya tama tanong tao taon tatlo
tayo trabaho tubig tulong umaga uminom una wala walang
ru: без больше большое большой бы был была были было в вас вечер во вода воды вокзал вопрос время все всегда всё
второе второй вчера вы где говорите говорить год город да даёт два дела день деньги дети для до доброе добрый должен
дом друг другой думаю его ей ему если есть ещё её же женщина жизнь за завтра затем здесь здравствуйте знать значение
значит знаю зовут и идти иду из или имя их каждый как книга когда который красивый кто ли лишь люди маленький машина
между меньше меня мир мне могут можете можно мой мужчина мы на над нам нас находится наш не нет никогда ничего но
новая новый ночи ночь о об оба один он она они от ответ очень первое первый пить по под пожалуйста помогите помощь
понимаю потом потому почему поэтому правда при привет прийти против работа равна равно ребёнок с свидания себя сегодня
сейчас сколько скоро сначала со спасибо старый стоит сумма счастливый так также там твой тебя то того только третий
три ты у уже утро хорошо хотел хочу человек чем четыре числа число что что-то чтобы школа эта эти это этого этот я
uk: або але без би був будь була були було більше в вас велике великий вечір вже ви вода води вокзал вона вони всі
вчора від відповідь він гарний говорите говорити година годину гроші дає два де день дитина для дня до добре добрий
доброго допомога допоможіть дорівнює друг друге другий дуже думаю дякую дім діти ж життя жінка з за завжди завтра
зараз звати знати знаходиться значення знаю зустрічі зі йду його йому книга кожен коли коштує ласка лише люди людина
малий машина мене менше ми можете можна можуть між мій місто на над нам нас наш не нова новий ні ніколи ніч нічого о
обидва один отже перше перший питання пити по побачення потім правда при привіт прийти про проти під ранку ранок
робота розумію рік світ себе скільки спочатку справи старий сума сьогодні та так також там твій тебе ти то тому треба
третій три тут тільки у усе хотів хочу хто це цей цього ця ці час часу чи числа число чоловік чому чотири школа
щасливий ще що щоб щось я як який якщо є і із ім інший іти їй їсти їх її
bg: аз ако без беше би благодаря в вас вече вечер вие винаги вода време всеки всички вторият вчера във въпрос вярно
гара гарата говорите говоря година голям град да дава два двата две ден дете деца днес до добре добро добър довиждане
дойда друг е един жена живот за затова защо защото здравей здравейте знаете знам значи и из или име иска искам казвам
как какво книга когато което кой който кола колко която красив къде къща лека ли малък между мисля много могат може
мой моля мъж на над нас нашия не неговата нещо ние никога нищо но нов нова нощ от отговор отивам отида още пари пия по
по-малко повече под помощ после при приятел против първи първият първо работа равна равно разбирам с са само свят се
себе сега си скоро стар стойност струва сума съм със също тази там твой те тези ти то това този той трети три трябва
тук тя тях утре утро училище хора чао че четири числа число човек щастлив ще ям
sr: ако али без била било био бити велики вече већ ви видимо вода време врло где говорити година град да дан данас два
дете добар добро доћи други желим жена живот за зашто здраво знам зовем и идем између или има имам име ићи кад када
како као ко колико кошта која које који кућа књига леп лепо мали ми мислим много може молим мора мој на не нешто никад
ништа није новац нови ноћ овде од одговор он она онда они питање пити помоћ посао први пријатељ против разумем сада
сам само све свет се си смо срећан станица стари сте су сутра такође тамо твој ти треба три у увек хвала човек школа
што ја је један јер јести још јутро јуче људи
be: або ад але была было быў вельмі вечар вы гэта дзе дзень дзякуй для добра добрай добры з за зараз калі ласка мой мы
на не прывітанне раніцы сёння так твой тут ты усё хто чаму што я яго як яна яны яшчэ ён ёсць і ў
ar: أبدا أتحدث أحبك أذهب أريد أعرف أفكر أفهم أمس أن أنا أنت أهلا أو أول أين إذا إلى إنه إنها اثنان اسم اسمي الآن التي
الخير الذي السلام اللقاء المحطة اليوم امرأة بدون بعد بيت بين تصبح تلك ثلاثة ثم جدا جديد جزيلا جميل جواب حالك حتى حياة
خطأ ذلك رجل سؤال سعيد سعيدة سنة سيارة شكرا شيء صباح صحيح صديق صغير ضد طفل عالم عفوا على عليكم عمل عن عند غدا فضلك في
قبل قد قديم كان كانت كبير كتاب كل كم كيف لأن لا لم لماذا لن ليلة ما ماء مال متى محطة مدرسة مدينة مرحبا مساء مساعدة مع
من ناس نحن نعم هذا هذه هل هم هناك هو هي واحد وسهلا وقت
fa: آب آن آنجا آنها آیم از است اسم اما امروز او اول اکنون اگر ایستگاه این با بخیر بدون بر برای بزرگ بله به بود بچه بین
تا تو جدید جهان جواب حال حرف خانه خداحافظ خواهش خواهم خوب خود خوشحال خیلی دارم دانم در درست دوست دیروز را روم زمان زن
زندگی زیبا ساعت سال سلام سه سوال شب شد شدم شده شما شهر صبح غلط فردا فهمم فکر قدیمی لطفا ما ماشین متشکرم مدرسه مرد مردم
مرسی ممنون من می نام ندارم نمیدانم نمی‌دانم نه نیز نیست ها های هرگز هستم هستید هم هیچ و وقت پول چرا چطور چند چه چون
چیز کار کتاب کجا کجاست کرد کمک کنم کنید که کودک کوچک کی گفت یا یک
ur: آج آپ اب السلام اور اچھا ایک بخیر بھی بہت تم تو تھا تھی تھے جو حال ساتھ سے شب شکریہ صبح لیے میں نہیں نے وہ پر کا
کر کو کہ کہاں کی کیا کیسے کیوں کے گا ہاں ہم ہو ہیں ہے یہ
hi: अच्छा अब अलविदा आज आदमी आना आप आपका एक और औरत कभी कर कल कहाँ का काम कि कितना किताब की कुछ के कैसे को क्या क्यों
क्योंकि खाना खुश गया गलत गाड़ी घर चाहता चाहिए छोटा जवाब जाना जीवन जो तीन तुम तो था थी थे दिन दुनिया दो दोस्त धन्यवाद
नमस्ते नया नहीं नाम ने पता पर पहला पानी पुराना पैसा फिर बच्चा बड़ा बहुत बिना बीच बोलते भी मदद मिलेंगे मुझे में मेरा
मेरी मैं यह रहा रही रहे रात्रि लिए लोग वह वहाँ शहर शुभ समझ समय सवाल सही साथ साल सुंदर सुप्रभात से सोच स्कूल स्टेशन हम
हाँ है हैं हो
mr: आज आणि आता आम्ही आहे आहेत एक कसा कसे का काय की कुठे खूप चांगले च्या जर तर ती तुम्ही तू ते तो धन्यवाद नमस्कार नाही
पण मध्ये मी शुभ सकाळ साठी हा ही हे होता होती होते होय
ne: अहिले आज उनी एक कसरी कहाँ का किन के को गर्न छ छन् तपाईं तिमी त्यो थियो धन्यवाद धेरै नमस्ते पनि प्रभात भने भयो म मा
यो र राम्रो लागि शुभ हामी हो होइन
"""

CODES: Final[list[str]] = []  # the languages of the table
_LANE: Final = 8  # bits of a count; stretches of more than 255 words are counted in parts
WORDS: Final[dict[str, int]] = {}  # word -> one in the lane of each language that uses it every day
for _word in _TABLE.split():
    if _word.endswith(":"):
        CODES.append(_word[:-1])
    else:
        WORDS[_word] = WORDS.get(_word, 0) | 1 << _LANE * (len(CODES) - 1)
PLACE: Final = {code: place for place, code in enumerate(CODES)}


def counts(words: list[str]) -> list[int]:
    """How many of the words are everyday words of each language, in the order of `CODES`. One sum for all of them."""
    found = [0] * len(CODES)
    for start in range(0, len(words), 255):
        total = sum(map(WORDS.get, words[start : start + 255], repeat(0)))
        found = list(map(add, found, total.to_bytes(len(CODES), "little")))
    return found


def foreign(words: list[str], code: str) -> list[str]:
    """The words that are everyday words of other languages and not of this one."""
    own = _bit(code)
    return [word for word in words if (codes := WORDS.get(word, 0)) and not codes & own]


def apart(words: list[str], ours: str, theirs: str) -> tuple[int, int]:
    """How many different words only the one and only the other of two languages uses every day."""
    mine, other = _bit(ours), _bit(theirs)
    codes = [WORDS.get(word, 0) & (mine | other) for word in set(words)]
    return codes.count(mine), codes.count(other)


def _bit(code: str) -> int:
    return 1 << _LANE * PLACE[code] if code in PLACE else 0
