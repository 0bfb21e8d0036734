"""The words that lines of songs are made of: short lines are told apart by them and by little else.

Our own choice: articles, pronouns, verbs of every day, and what love songs cannot do without. Words that stand in
many languages ("me", "la", "no") are left out where they would decide nothing.
"""

COMMON_WORDS = {
    language: frozenset(words.split())
    for language, words in {
        "en": (
            "the you i i'm i'll i've it it's and my your we they he she is are was be been have do don't can "
            "can't will won't what when where who why how this that with for from of to in on not never always "
            "just like love hello baby yeah girl boy night day heart world time again let go come get know want "
            "need feel say all one there here down up out away into over through home hey ooh way life tonight "
            "gonna wanna ain't"
        ),
        "de": (
            "ich du er sie wir ihr mich dich mir dir uns euch mein meine dein deine der die das den dem ein eine "
            "und oder nicht kein ist bin bist sind war wo wie was wenn für mit von zu auf über nur noch immer nie "
            "herz liebe nacht tag welt leben komm sag geh will kann hab habe sein doch auch so schön heut"
        ),
        "fr": (
            "je j'ai j'aime tu il elle nous vous ils mon ma mes ton ta tes son sa le les un une des du et ou pas "
            "est suis es sont dans sur pour avec sans que qui où quand comme c'est t'aime m'aime l'amour amour "
            "coeur cœur vie nuit jour encore toujours jamais bonjour toi moi ce cette ça plus tout tous ne au aux "
            "encor"
        ),
        "es": (
            "yo tú él ella nosotros mi tu su el los las un una unos y o no es soy eres está estás estoy son con "
            "sin por para que qué quien cuando donde dónde como te lo le se pero más muy nada todo siempre nunca "
            "amor corazón vida noche día quiero beso ven dame voy vamos aquí del al hola"
        ),
        "it": (
            "io tu lui lei noi voi mi ti si ci il lo gli i un una uno e è non sono sei con senza per che chi "
            "quando dove come di da del della nel nella al ma più mai sempre niente tutto amore cuore vita notte "
            "giorno amo voglio bacio mio mia tuo tua qui ciao questo questa sul"
        ),
        "pt": (
            "eu tu você ele ela nós meu minha teu tua seu sua o os as um uma e é não sou és está estou são com "
            "sem por para pra que quem quando onde como te do da dos das no na nos nas mas mais muito nada tudo "
            "sempre nunca amor coração vida noite dia quero beijo vem vou aqui olá saudade nossa nosso"
        ),
        "pl": (
            "ja ty on ona my wy mnie mi cię ci się jest są jestem być nie tak i a w z na do o za od po co kto "
            "kiedy gdzie jak dla bez już tylko zawsze nigdy kocham serce moje moja mój twoje twoja twój życie noc "
            "dzień chcę daj to ten ta bije był było"
        ),
        "tr": (
            "ben sen o biz siz onlar benim senin bana sana beni seni bir ve bu şu ne kim nerede nasıl için ile "
            "gibi daha çok var yok değil mi hep hiç aşk aşkım sevgi seviyorum kalp kalbim gece gün hayat gel git "
            "kal unutma gözlerin olsun artık"
        ),
        "cs": (
            "já ty on ona my vy mě mi tě ti se si je jsem jsi jsou být ne ano a i v z na do o za od po co kdo "
            "když kde jak pro bez už jen vždy nikdy miluji láska srdce moje můj tvoje tvůj život noc den chci dej "
            "to ten ta bije celé se mnou"
        ),
        "nl": (
            "ik jij je hij zij wij we jullie mij me jou mijn jouw zijn haar de het een en of niet geen is ben "
            "bent was waren waar hoe wat als voor met van naar op over maar nog altijd nooit hart liefde nacht "
            "dag wereld leven kom zeg ga wil kan heb hou er ook lang geef kus bij"
        ),
        "hu": (
            "én te ő mi ti ők engem téged nekem neked a az egy és vagy nem van vagyok volt ki hol hogy ha mint "
            "csak már még mindig soha szeretlek szerelem szív szívem élet éjszaka éjjel nap kell gyere ne minden "
            "itt ott el velem veled érted"
        ),
    }.items()
}
