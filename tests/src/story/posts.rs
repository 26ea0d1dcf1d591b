//! What three accounts and a website had planned for one night and the days after it.

/// What is special about a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Nothing.
    Plain,
    /// It stays fresh for two days.
    Evergreen,
    /// It hurts, read after a shooting in Oslo.
    Touching,
}

use Kind::{Evergreen, Plain, Touching};

/// Account, due time as typed, category, kind, words.
pub type Planned = (&'static str, &'static str, &'static str, Kind, &'static str);

/// What goes out in the evening, before anything has happened.
pub const EVENING: [Planned; 2] = [
    (
        "shop",
        "22:00",
        "promo",
        Plain,
        "New in the window: bows by Anker & Lie, from tonight.",
    ),
    (
        "club",
        "23:15",
        "info",
        Plain,
        "What a concert! Thank you all for coming to the old sail loft.",
    ),
];

/// The thread of the website, in three parts; its second part does not get through at once.
pub const THREAD: [&str; 3] = [
    "How a string is made, part one: the core.",
    "Part two: the winding, and why it takes a whole day.",
    "Part three: how to hear the difference.",
];

/// What is due in the night, beside the thread.
pub const NIGHT: [Planned; 39] = [
    (
        "shop",
        "23:50",
        "promo",
        Plain,
        "Ten minutes left: spring sale, everything minus 20 %.",
    ),
    (
        "label",
        "23:55",
        "product",
        Plain,
        "Mitternacht: unser neues Album steht in allen Läden.",
    ),
    (
        "club",
        "tomorrow 00:00",
        "greeting",
        Plain,
        "God natt! Sov godt, alle strykere.",
    ),
    (
        "shop",
        "tomorrow 00:10",
        "humor",
        Plain,
        "Why did the viola cross the road? It had no bow to wait for.",
    ),
    (
        "label",
        "tomorrow 00:20",
        "greeting",
        Plain,
        "Gute Nacht aus dem Studio.",
    ),
    (
        "shop",
        "tomorrow 00:30",
        "promo",
        Touching,
        "Shoot for the stars: Oslo's biggest bow sale runs all night!",
    ),
    (
        "club",
        "tomorrow 00:40",
        "info",
        Plain,
        "Noter til tirsdagens øvelse ligger nå på medlemssidene.",
    ),
    (
        "shop",
        "tomorrow 00:50",
        "product",
        Plain,
        "Back in stock: the carbon bow that sold out in an hour.",
    ),
    (
        "label",
        "tomorrow 01:00",
        "promo",
        Plain,
        "Nur heute Nacht: drei Singles zum Preis von einer.",
    ),
    (
        "shop",
        "tomorrow 01:10",
        "info",
        Evergreen,
        "How to store a violin in a dry winter: five simple steps.",
    ),
    (
        "club",
        "tomorrow 01:20",
        "info",
        Plain,
        "Kören söker en altviolinist till hösten. Skriv till oss!",
    ),
    (
        "shop",
        "tomorrow 01:30",
        "promo",
        Plain,
        "Para los que no duermen: envío gratis hasta las seis.",
    ),
    (
        "label",
        "tomorrow 01:45",
        "info",
        Plain,
        "Die Aufnahmen vom Februar sind gemischt.",
    ),
    (
        "shop",
        "tomorrow 02:00",
        "humor",
        Plain,
        "Two in the morning is when the E string breaks. It knows.",
    ),
    (
        "club",
        "tomorrow 02:15",
        "info",
        Evergreen,
        "Five pieces that every beginner can play in a month.",
    ),
    (
        "label",
        "tomorrow 02:30",
        "product",
        Plain,
        "Le nouveau vinyle est pressé, numéroté, et presque épuisé.",
    ),
    (
        "shop",
        "tomorrow 02:45",
        "promo",
        Plain,
        "The night owls' coupon: OWL15, until sunrise.",
    ),
    (
        "club",
        "tomorrow 03:00",
        "info",
        Plain,
        "Referatet fra årsmøtet er lagt ut.",
    ),
    (
        "label",
        "tomorrow 03:15",
        "humor",
        Plain,
        "Was macht ein Bratschist auf dem Mond? Er stimmt noch.",
    ),
    (
        "shop",
        "tomorrow 03:30",
        "product",
        Plain,
        "Rosin without dust: tested for a year, here at last.",
    ),
    (
        "club",
        "tomorrow 03:45",
        "info",
        Plain,
        "Husk kontingenten: frist er mandag.",
    ),
    (
        "label",
        "tomorrow 04:00",
        "info",
        Evergreen,
        "Wie eine Schallplatte entsteht: ein Besuch im Presswerk.",
    ),
    (
        "shop",
        "tomorrow 04:15",
        "promo",
        Plain,
        "Early bird, early discount: ten percent before breakfast.",
    ),
    (
        "club",
        "tomorrow 04:30",
        "info",
        Plain,
        "Ny dirigent: intervjuet er på nettsidene nå.",
    ),
    (
        "label",
        "tomorrow 04:45",
        "product",
        Plain,
        "Die Partitur gibt es jetzt auch gedruckt.",
    ),
    (
        "shop",
        "tomorrow 05:00",
        "info",
        Evergreen,
        "When to change strings: what your ear tells you before your eye does.",
    ),
    (
        "club",
        "tomorrow 05:15",
        "info",
        Plain,
        "Bussen til Bergen går kl. 9 fra Operaen.",
    ),
    (
        "label",
        "tomorrow 05:30",
        "promo",
        Plain,
        "Frühaufsteher hören besser: minus 10 % bis acht.",
    ),
    (
        "shop",
        "tomorrow 05:45",
        "humor",
        Plain,
        "Morning practice: because the neighbours deserve it.",
    ),
    (
        "club",
        "tomorrow 06:00",
        "greeting",
        Plain,
        "God morgen! Kaffen er klar på øvingslokalet.",
    ),
    (
        "label",
        "tomorrow 06:10",
        "greeting",
        Plain,
        "Guten Morgen, Berlin!",
    ),
    (
        "shop",
        "tomorrow 06:20",
        "greeting",
        Plain,
        "Happy Saturday, shooters of high notes!",
    ),
    (
        "club",
        "tomorrow 06:30",
        "info",
        Evergreen,
        "Tuning with a drone: a small guide for ensembles.",
    ),
    (
        "label",
        "tomorrow 06:40",
        "info",
        Plain,
        "Heute um elf: Werkstattgespräch im Stream.",
    ),
    (
        "shop",
        "tomorrow 06:45",
        "promo",
        Plain,
        "Breakfast deal: strings for two, pay for one.",
    ),
    (
        "club",
        "tomorrow 06:55",
        "info",
        Plain,
        "Øvelsen i dag begynner kl. 12, ikke kl. 11.",
    ),
    (
        "club",
        "tomorrow 07:00",
        "info",
        Touching,
        "Come and see Oslo from our roof this afternoon: families welcome.",
    ),
    (
        "shop",
        "tomorrow 07:15",
        "product",
        Plain,
        "The new cases have arrived. Come and try one.",
    ),
    (
        "label",
        "tomorrow 07:25",
        "product",
        Plain,
        "Ab heute: das Notenheft zum Album.",
    ),
];

/// What is due in the days after it.
pub const AFTER: [Planned; 3] = [
    (
        "club",
        "tomorrow 18:00",
        "info",
        Plain,
        "Sunday's matinee begins at 14:00. The doors open at 13:15.",
    ),
    (
        "shop",
        "2027-03-14 12:00",
        "promo",
        Plain,
        "Oslo, it is party time: sale in the yard, with music!",
    ),
    (
        "label",
        "2027-03-15 09:00",
        "info",
        Plain,
        "Neu im Podcast: wie man leise spielt.",
    ),
];
