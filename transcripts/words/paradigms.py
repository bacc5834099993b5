"""What the dictionaries leave out: they give each spelling to one word only, and many belong to two.

`lives` is of `live` and of `life`, `escrito` of `escribir` though it is a word of its own. `ENDINGS` says how
such forms lead to their words, and is believed only where the dictionary has both; `IRREGULAR` names those
that no ending leads to. Both are written as they are folded (`folding.py`) or are folded here.
"""

from __future__ import annotations

from onrecord.transcripts.folding import fold

# language -> (endings of forms, endings of their words); the longest stem in common has two letters or more.
ENDINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "en": (
        ("ves", "f fe"), ("ing", "- e"), ("ed", "- e"), ("ies ied", "y"), ("bbing bbed", "b"), ("dding dded", "d"),
        ("gging gged", "g"), ("mming mmed", "m"), ("nning nned", "n"), ("pping pped", "p"), ("rring rred", "r"),
        ("tting tted", "t"), ("lling lled", "l"), ("ises ised ising", "ize"), ("izes ized izing", "ise"),
    ),
    "fr": (
        ("e ee es ees ant", "er"), ("i ie is ies issant", "ir"), ("enu enue enus enues", "enir"),
        ("du due dus dues", "dre"), ("u ue us ues", "oir re ir"), ("crit crite crits crites", "crire"),
        ("vert verte verts vertes", "vrir"), ("ffert fferte fferts ffertes", "ffrir"),
        ("uit uite uits uites", "uire"), ("pris prise prises", "prendre"), ("mis mise mises", "mettre"),
        ("dit dite dits dites", "dire"),
        ("ente entes", "ent"), ("ante antes", "ant"), ("ee ees", "e"), ("ine ines", "in"), ("ise ises", "is"),
        ("int inte ints intes", "indre"), ("clus cluse cluses", "clure"), ("aux ale ales", "al"), ("che ches", "c"),
        ("elle elles", "el eau"), ("eaux", "eau"), ("enne ennes", "en"), ("onne onnes", "on"), ("ive ives", "if"),
        ("euse euses", "eux eur"), ("trice trices", "teur"), ("iere ieres", "ier"), ("ete etes", "et"),
        ("ette ettes", "et"),
    ),
    "es": (
        ("ado ada ados adas ando", "ar"), ("ido ida idos idas iendo", "er ir"), ("yendo", "er ir"),
        ("scrito scrita scritos scritas", "scribir"), ("puesto puesta puestos puestas", "poner"),
        ("hecho hecha hechos hechas", "hacer"), ("dicho dicha dichos dichas", "decir"),
        ("bierto bierta biertos biertas", "brir"), ("vuelto vuelta vueltos vueltas", "volver"),
        ("suelto suelta sueltos sueltas", "solver"), ("visto vista vistos vistas", "ver"),
        ("muerto muerta muertos muertas", "morir"), ("roto rota rotos rotas", "romper"),
        ("dora dores doras", "dor"), ("ica icos icas", "ico"), ("iva ivos ivas", "ivo"), ("osa osos osas", "oso"),
        ("ana anos anas", "ano"), ("esa eses esas", "es"),
    ),
    "it": (
        ("ato ata ati ate ando", "are"), ("uto uta uti ute endo", "ere ire"), ("ito ita iti ite", "ire"),
        ("detto detta detti dette", "dire"), ("scritto scritta scritti scritte", "scrivere"),
        ("fatto fatta fatti fatte", "fare"), ("perto perta perti perte", "prire"), ("fferto fferta fferti fferte", "ffrire"),
        ("rotto rotta rotti rotte", "rompere"), ("corso corsa corsi corse", "correre"),
        ("perso persa persi perse", "perdere"), ("into inta inti inte", "ingere incere"),
        ("unto unta unti unte", "ungere umere"), ("eso esa esi ese", "endere"), ("iso isa isi ise", "idere"),
        ("uso usa usi use", "udere ondere"), ("osto osta osti oste", "orre"), ("otto otta otti otte", "urre"),
        ("tto tta tti tte", "ggere"), ("esso essa essi esse", "ettere edere"), ("olto olta olti olte", "ogliere olgere"),
        ("esto esta esti este", "edere"), ("ica ici ichi iche", "ico"), ("iva ivi ive", "ivo"), ("osa osi ose", "oso"),
    ),
    "de": (
        ("er en em es", "e"), ("ene enen ener enes", "en"), ("te ten ter tes", "t"), ("te ten", "en"),
        ("schieden", "scheiden"), ("boten", "bieten"), ("schlossen", "schließen"), ("sprochen", "sprechen"),
        ("schrieben", "schreiben"), ("trieben", "treiben"), ("nommen", "nehmen"), ("worfen", "werfen"), ("borgen", "bergen"),
        ("brochen", "brechen"), ("troffen", "treffen"), ("zogen", "ziehen"), ("standen", "stehen"), ("gangen", "gehen"),
        ("wogen", "wiegen"), ("dacht", "denken"), ("bracht", "bringen"), ("kannt", "kennen"), ("wandt", "wenden"),
        ("innen", "in"),
    ),
    "pl": (
        ("any ana ane ani anych anym anymi anego anej anemu anie ania", "ać"),
        ("ony ona one eni onych onym onymi onego onej onemu enie enia", "ić yć eść"),
        ("ety eta ete eci etych etym", "ąć"), ("ni", "ny"), ("li", "ły"), ("si", "sy"), ("ci", "ty"), ("dzi", "dy"),
        ("wa u wie wu wem", "wo"), ("ta tu cie tem", "to"), ("na", "no"), ("ka", "ko"), ("stwa stwu stwie stwem", "stwo"),
    ),
    "pt": (("ado ada ados adas ando", "ar"), ("ido ida idos idas", "er ir"), ("endo", "er"), ("indo", "ir")),
}  # fmt: skip

# Endings lead astray from these.
NOT_BY_ENDING: dict[str, str] = {
    "en": "being evening morning during wedding ceiling something nothing anything everything red",
}

# language -> "word: forms" where the dictionary gives the form to another word, or to none.
IRREGULAR: dict[str, str] = {
    "en": """
        arise: arose arisen | awake: awoke awoken | be: am is are was were been being | bear: bore borne born
        beat: beaten | become: became | befall: befell befallen | begin: began begun | bend: bent | bet: bets
        bid: bade bidden | bind: bound | bite: bit bitten | bleed: bled | blow: blew blown | break: broke broken
        breed: bred | bring: brought | build: built building buildings | burn: burnt | buy: bought buying buys
        catch: caught | choose: chose chosen | cling: clung | come: came | creep: crept | deal: dealt
        dig: dug | do: did done does doing | draw: drew drawn | dream: dreamt | drink: drank drunk | drive: drove driven
        dwell: dwelt | eat: ate eaten | fall: fell fallen | feed: fed | feel: felt feeling | fight: fought | find: found
        flee: fled | fling: flung | fly: flew flown flies | forbid: forbade forbidden | foresee: foresaw foreseen
        forget: forgot forgotten | forgive: forgave forgiven | freeze: froze frozen | get: got gotten | give: gave given
        go: goes went gone going | grind: ground | grow: grew grown | hang: hung | have: has had having | hear: heard
        hide: hid hidden | hold: held | keep: kept | kneel: knelt | know: knew known | lay: laid | lead: led
        lean: leant | leap: leapt | learn: learnt learned | leave: left leaves leaving | lend: lent | lie: lay lain lying
        light: lit | lose: lost | make: made | mean: meant meaning | meet: met meeting meetings | mistake: mistook mistaken
        mow: mown | overcome: overcame | overthrow: overthrew overthrown | pay: paid | plead: pled | prove: proven
        ride: rode ridden | ring: rang rung | rise: rose risen | run: ran running | saw: sawn | say: said says | see: saw seen
        seek: sought | sell: sold | send: sent | sew: sewn | shake: shook shaken | shed: sheds | shine: shone | shoot: shot
        show: shown | shrink: shrank shrunk | sing: sang sung | sink: sank sunk | sit: sat | slay: slew slain | sleep: slept
        slide: slid | sling: slung | smell: smelt | sow: sown | speak: spoke spoken | speed: sped | spell: spelt | spend: spent
        spill: spilt | spin: spun | spit: spat | spoil: spoilt | spring: sprang sprung | stand: stood | steal: stole stolen
        stick: stuck | sting: stung | stink: stank stunk | strike: struck stricken | strive: strove striven | swear: swore sworn
        sweep: swept | swell: swollen | swim: swam swum | swing: swung | take: took taken | teach: taught | tear: tore torn
        tell: told | think: thought thinking | throw: threw thrown | tread: trod trodden | understand: understood
        uphold: upheld | wake: woke woken | wear: wore worn | weave: wove woven | weep: wept | win: won | wind: wound
        withdraw: withdrew withdrawn | withhold: withheld | wring: wrung | write: wrote written writing writes
        life: lives | wife: wives | leaf: leaves | knife: knives | half: halves | self: selves | thief: thieves | shelf: shelves
        loaf: loaves | calf: calves | wolf: wolves | datum: data | medium: media | person: persons people | penny: pence pennies
        die: dice | axis: axes | basis: bases | crisis: crises | thesis: theses | analysis: analyses | hero: heroes | index: indices
        big: bigger biggest | hot: hotter hottest | fat: fatter fattest | thin: thinner thinnest | sad: sadder saddest
        red: redder reddest | wet: wetter wettest | good: better best | well: better best | bad: worse worst | ill: worse worst
        many: more most | much: more most | little: less least | far: farther farthest further furthest | old: elder eldest
        free: freer freest
    """,
    "fr": """
        être: suis es est sommes etes sont etais etait etions etiez etaient serai sera serons serez seront serait
        être: soit soient ete etant fut furent
        avoir: ai as a avons avez ont avais avait avaient aurai aura auront aurait ait aient eu eue eus ayant eut eurent
        aller: vais vas va allons allez vont ira iront irait aille aillent alle allee alles allees allait allaient
        faire: fais fait faisons faites font faisait faisaient fera feront fasse fassent faite faits
        mourir: mort morte morts mortes meurt meurent | naître: ne nee nes nees | asseoir: assis assise assises
        voir: vu vue vus vues voit voient | savoir: su sue sus sues sait savent | pouvoir: pu peut peuvent peux pourra
        vouloir: veut veulent veux voulu | devoir: doit doivent dois du due dus dues devra
        œil: yeux oeil | ciel: cieux | aïeul: aieux | monsieur: messieurs | madame: mesdames | travail: travaux
        blanc: blanche blanches | beau: belle belles bel beaux | nouveau: nouvelle nouvelles nouvel nouveaux
        vieux: vieille vieilles vieil | public: publique publiques publics | sec: seche seches | bon: bonne bonnes
        long: longue longues | bref: breve breves | favori: favorite favorites | fou: folle folles fol
    """,
    "es": """
        ir: voy vas va vamos vais van iba iban fui fue fuimos fueron ira iran iria vaya vayan yendo ido
        ser: soy eres es somos sois son era eran fui fue fuimos fueron sera seran seria sea sean siendo sido
        decir: dice dicen digo dijo dijeron dicho dicha dichos dichas diciendo dira diran
        hacer: hace hacen hago hizo hicieron hecho hecha hechos hechas haciendo hara haran
        ver: ve ven veo vio vieron visto vista vistos vistas viendo | bueno: buena buenos buenas buen mejor mejores
        grande: gran grandes mayor | malo: mala malos malas mal peor peores | primero: primer primera primeros primeras
        tercero: tercer tercera terceros terceras | niño: nina ninas ninos | alguno: algun alguna algunos algunas
        ninguno: ningun ninguna | refugiado: refugiada refugiadas refugiados | santo: san santa santos
    """,
    "it": """
        dire: dico dici dice diciamo dicono disse dissero detto detta detti dette dicendo
        fare: faccio fai fa facciamo fate fanno fece fecero fatto fatta fatti fatte facendo
        andare: vado vai va andiamo andate vanno andato andata andati andate | aprire: aperto aperta aperti aperte
        essere: sono sei e siamo siete era erano fu furono sara saranno sia siano stato stata stati state
        avere: ho hai ha abbiamo avete hanno aveva avevano ebbe avra avranno abbia abbiano avuto avuta avuti avute
        morire: muore muoiono morto morta morti morte | nascere: nasce nato nata nati nate nacque
        coprire: coperto coperta coperti coperte | correre: corso corsa corsi corse | perdere: perso persa persi perse
        uomo: uomini | buono: buon buona buoni buone migliore migliori | grande: gran grandi | bello: bel bella belli belle bei
        dividere: diviso divisa divisi divise | spendere: speso spesa spesi spese | fingere: finto finta finti finte
    """,
    "de": """
        denken: denkt dachte dachten gedacht | bringen: bringt brachte brachten gebracht | sein: ist sind war waren gewesen bin bist
        gehen: geht ging gingen gegangen | fangen: fangt fing fingen gefangen | schneiden: geschnitten
        leiden: litt litten gelitten
        tun: tut tat taten getan | stehen: stand standen gestanden | ziehen: zog zogen gezogen | bitten: bat baten gebeten
        gut: besser beste besten bester bestes | viel: mehr meiste meisten | hoch: hohe hohen hoher hohes hochste hoher
        Gefangener: gefangene gefangenen gefangenem gefangenes
    """,
    "pl": """
        prawo: prawa praw prawu prawem prawie prawom prawami prawach | lato: lata lat latu latem lecie latom latami latach
        rok: lata lat roku rokiem latach latami latom | zły: gorszy gorsza gorsze gorsi najgorszy zli zla zle
        człowiek: ludzie ludzi ludziom ludzmi ludziach | wolny: wolni wolna wolne wolnych wolnym wolnymi wolnego wolnej
        ksiądz: ksieza ksiezy ksiedza | święto: swieta swiat swietem swietach swietami | dno: dna dnem dnie
        dzień: dni dnia dniem dniu dniom dniami dniach dnie | być: jest sa jestem jestes byl byla bylo byli byly bedzie beda
    """,
}

# Words of no dictionary, such as names and compounds: these endings are taken off, and put on, when four
# letters or more are left.
OUTSIDE: dict[str, tuple[str, ...]] = {
    "en": ("s", "es", "ed", "ing"),
    "fr": ("s", "e", "es", "x"),
    "de": ("e", "en", "er", "ern", "es", "s", "n", "em", "in", "innen"),
    "es": ("s", "es", "o", "a", "os", "as"),
    "it": ("o", "a", "i", "e"),
    "pl": (
        "i", "a", "iego", "iemu", "im", "iej", "imi", "ich", "ie", "u", "owi", "em", "iem", "y", "ow", "om", "ami", "ach",
        "o", "e", "owie", "owa",
    ),
}  # fmt: skip

# What is said in every sentence is not widened: it would find everything, and its forms are other languages'
# words (`die`, `la`, `ja`).
PLAIN: dict[str, str] = {
    "en": "a an the i me my you he him his she her it its we us our they them their and or of to in on",
    "fr": "le la les un une du de des je me moi tu te toi il elle lui on nous vous ils elles se et ou ce ne",
    "de": "der die das ein eine ich du er sie es wir ihr und oder mein dein sein zu in an von mich dich sich",
    "es": "el la lo los las un uno una yo tu me te se le nos os y o de su mi ella ellos a en",
    "it": "il lo la i gli le un uno una io tu mi ti si ci vi lui lei noi voi loro e o di a da in che",
    "pl": "ja ty on ona ono my wy oni one się ten ta to i a w z o na do co kto",
    "pt": "o a os as um uma eu tu ele ela me te se e ou de",
    "nl": "de het een ik jij hij zij wij en of",
    "uk": "я ти він вона воно ми ви вони себе хто що цей той",
    "ru": "я ты он она оно мы вы они себя кто что этот тот",
}


def named(table: dict[str, str], language: str) -> frozenset[str]:
    """The folded words of a language in such a table."""
    return frozenset(fold(table.get(language, "")).split())


def irregular(language: str) -> dict[str, tuple[str, ...]]:
    """The irregular words of a language with their folded forms."""
    found: dict[str, tuple[str, ...]] = {}
    for entry in IRREGULAR.get(language, "").replace("\n", "|").split("|"):
        word, colon, forms = entry.partition(":")
        if colon:
            found[fold(word)] = (*found.get(fold(word), ()), *fold(forms).split())
    return found


def endings(language: str) -> tuple[tuple[str, str], ...]:
    """The pairs of a form's ending and its word's ending, one by one."""
    return tuple(
        (form, "" if word == "-" else fold(word))
        for forms, words in ENDINGS.get(language, ())
        for form in forms.split()
        for word in words.split()
    )
