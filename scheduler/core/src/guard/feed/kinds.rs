//! Which kind of event the words of a title name. Only plain words of harm are here: a proposal that a person must
//! read for nothing costs more than one that is missed, for the guard's own words are asked again for every post.

/// Kinds, the more special first, each with words in several languages. A word counts from its beginning; one that
/// ends in `.` counts only as a whole word, one that begins with `~` only in a title.
const WORDS: [(&str, &[&str]); 20] = [
    (
        "tsunami",
        &["tsunami", "maremoto", "цунами", "цунамі", "津波", "海啸"],
    ),
    (
        "earthquake",
        &[
            "earthquake",
            "quake",
            "aftershock",
            "eq.",
            "erdbeben",
            "jordskjelv",
            "jordskælv",
            "jordbävning",
            "aardbeving",
            "séisme",
            "tremblement de terre",
            "terremoto",
            "sismo",
            "trzęsienie ziemi",
            "землетрясен",
            "землетрус",
            "მიწისძვრ",
            "地震",
        ],
    ),
    (
        "landslide",
        &[
            "landslide",
            "mudslide",
            "avalanche",
            "debris flow",
            "erdrutsch",
            "lawine",
            "jordskred",
            "glissement de terrain",
            "deslizamiento de tierra",
            "frana.",
            "osuwisko",
            "оползен",
            "лавин",
            "зсув ґрунту",
            "土砂崩れ",
        ],
    ),
    (
        "terror_attack",
        &[
            "terrorist attack",
            "terror attack",
            "terrorist bomb",
            "terroranschlag",
            "terrorangrep",
            "terrorangreb",
            "terrordåd",
            "attentat",
            "atentado",
            "attentato",
            "zamach",
            "теракт",
            "ტერაქტ",
            "テロ攻撃",
        ],
    ),
    (
        "truck_attack",
        &[
            "truck attack",
            "van attack",
            "car ramming",
            "vehicle ramming",
            "drives into crowd",
            "drove into crowd",
        ],
    ),
    (
        "shooting",
        &[
            "mass shooting",
            "~shooting in",
            "~shooting at",
            "~shooting near",
            "school shooting",
            "shooting leaves",
            "shooter",
            "gunman",
            "gunmen",
            "opened fire",
            "shots fired",
            "shot dead",
            "schießerei",
            "amoklauf",
            "masseskyting",
            "skyting",
            "skyderi",
            "skottlossning",
            "schietpartij",
            "fusillade",
            "tiroteo",
            "tiroteio",
            "sparatoria",
            "strzelanin",
            "стрельб",
            "стрілянин",
            "სროლა",
            "銃撃",
            "枪击",
        ],
    ),
    (
        "bombing",
        &[
            "bombing",
            "bomb blast",
            "bomb explodes",
            "car bomb",
            "suicide bomb",
            "bombenanschlag",
            "bombeangrep",
            "взрыв бомб",
            "爆弾",
        ],
    ),
    (
        "stabbing",
        &[
            "stabbing",
            "stabbed",
            "knife attack",
            "messerangriff",
            "messerattacke",
            "knivangrep",
            "knivangreb",
            "knivdåd",
            "attaque au couteau",
            "apuñalamiento",
            "accoltell",
            "nożownik",
            "резн.",
            "刺傷",
        ],
    ),
    (
        "plane_crash",
        &[
            "plane crash",
            "air crash",
            "aircraft crash",
            "helicopter crash",
            "flugzeugabsturz",
            "flystyrt",
            "flyulykke",
            "flygolycka",
            "vliegtuigramp",
            "crash d'avion",
            "accidente aéreo",
            "incidente aereo",
            "katastrofa lotnicza",
            "авиакатастроф",
            "авіакатастроф",
            "墜落",
        ],
    ),
    (
        "train_crash",
        &[
            "train crash",
            "train derail",
            "derailment",
            "zugunglück",
            "togulykke",
            "togulykken",
            "tågolycka",
            "treinongeluk",
            "déraillement",
            "descarrilamiento",
            "deragliamento",
            "katastrofa kolejowa",
            "脱線",
        ],
    ),
    (
        "ship_disaster",
        &[
            "ferry sinks",
            "ship sinks",
            "boat capsizes",
            "capsized",
            "shipwreck",
            "schiffsunglück",
            "forlis.",
            "naufrage",
            "naufragio",
            "кораблекрушен",
        ],
    ),
    (
        "building_collapse",
        &[
            "building collapse",
            "bridge collapse",
            "collapsed building",
            "gebäudeeinsturz",
            "effondrement",
            "derrumbe",
            "crollo.",
            "обрушен",
        ],
    ),
    (
        "crowd_crush",
        &[
            "stampede",
            "crowd crush",
            "crowd surge",
            "massenpanik",
            "mouvement de foule",
            "давка в толпе",
            "圧死",
        ],
    ),
    (
        "flood",
        &[
            "flood",
            "storm surge",
            "überschwemmung",
            "hochwasser",
            "flom.",
            "oversvømmelse",
            "översvämning",
            "overstroming",
            "inondation",
            "inundaci",
            "inundaç",
            "alluvion",
            "powódź",
            "powodzi",
            "наводнен",
            "повін",
            "წყალდიდობ",
            "洪水",
            "豪雨",
        ],
    ),
    (
        "storm",
        &[
            "tornado",
            "hurricane",
            "typhoon",
            "cyclone",
            "tropical storm",
            "thunderstorm",
            "blizzard",
            "winter storm",
            "severe weather",
            "storm warning",
            "storm kills",
            "storm hits",
            "orkan",
            "sturmwarnung",
            "uvær",
            "ouragan",
            "tempête",
            "huracán",
            "tormenta",
            "uragano",
            "tempesta",
            "huragan",
            "ураган",
            "тайфун",
            "台風",
            "竜巻",
            "台风",
        ],
    ),
    (
        "fire",
        &[
            "wildfire",
            "bushfire",
            "forest fire",
            "house fire",
            "structure fire",
            "building fire",
            "fire kills",
            "fire warning",
            "deadly fire",
            "blaze.",
            "fire.",
            "waldbrand",
            "großbrand",
            "skogbrann",
            "brann i",
            "skogsbrand",
            "bosbrand",
            "incendie",
            "incendio",
            "incêndio",
            "pożar",
            "пожар",
            "пожеж",
            "ხანძარ",
            "火災",
            "山火事",
            "火灾",
        ],
    ),
    (
        "epidemic",
        &[
            "outbreak",
            "epidemic",
            "pandemic",
            "ebola",
            "cholera",
            "epidemie",
            "épidémie",
            "epidemia",
            "эпидеми",
        ],
    ),
    (
        "food_scandal",
        &["food recall", "contaminated food", "salmonella", "listeria"],
    ),
    (
        "kidnapping",
        &[
            "child abduction",
            "amber alert",
            "kidnap",
            "abduct",
            "entführ",
            "enlèvement",
            "secuestr",
        ],
    ),
    (
        "war",
        &[
            "air strike",
            "airstrike",
            "missile strike",
            "missile attack",
            "rocket attack",
            "invasion of",
            "luftangriff",
            "ракетный удар",
            "空爆",
        ],
    ),
];

/// The kind that a title names, else the kind that the words below it name.
pub(super) fn named_in(title: &str, below: &str) -> Option<&'static str> {
    let (title, below) = (title.to_lowercase(), below.to_lowercase());
    let in_title = |word: &str| says(&title, word.trim_start_matches('~'));
    let in_below = |word: &str| !word.starts_with('~') && says(&below, word);
    let first = |is_said: &dyn Fn(&str) -> bool| {
        let found = WORDS
            .iter()
            .find(|(_, list)| list.iter().any(|word| is_said(word)));
        found.map(|(kind, _)| *kind)
    };
    first(&in_title).or_else(|| first(&in_below))
}

fn says(text: &str, word: &str) -> bool {
    let (word, is_whole) = match word.strip_suffix('.') {
        Some(word) => (word, true),
        None => (word, false),
    };
    // Scripts without spaces have no borders between words.
    let is_spaceless = word.chars().all(|c| ('\u{3040}'..='\u{9fff}').contains(&c));
    text.match_indices(word).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + word.len()..].chars().next();
        let is_letter = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        let begins = !is_letter(before);
        let ends = !is_whole || !is_letter(after);
        is_spaceless || (begins && ends)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guard::words::all_kinds;

    #[test]
    fn every_kind_is_one_that_the_guard_knows() {
        let known = all_kinds();
        for (kind, words) in WORDS {
            assert!(known.contains(kind), "{kind}");
            assert!(
                words.iter().all(|w| *w == w.to_lowercase() && !w.is_empty()),
                "{kind}"
            );
        }
    }

    #[test]
    fn titles_name_their_kind() {
        for (title, kind) in [
            ("Gunman kills at least 12 at midnight screening", Some("shooting")),
            ("Shooting in Oslo", Some("shooting")),
            ("Photo shooting guide: ten tips for low light", None),
            ("Flash Flood Watch", Some("flood")),
            ("Severe Thunderstorm Warning", Some("storm")),
            ("Red Flag Warning", None),
            ("EQ 4.6 Usulután, El Salvador", Some("earthquake")),
            ("Firefox 99 is out", None),
            ("Fire", Some("fire")),
            ("Теракт в «Крокус Сити Холле»", Some("terror_attack")),
            ("能登半島で地震", Some("earthquake")),
            ("Überschwemmung im Ahrtal", Some("flood")),
            ("Air Quality Alert", None),
        ] {
            assert_eq!(named_in(title, ""), kind, "{title}");
        }
        assert_eq!(named_in("Ten tips", "a better shooting in the cinema"), None);
        assert_eq!(named_in("Oslo", "a gunman opened fire"), Some("shooting"));
    }
}
