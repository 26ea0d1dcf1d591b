use super::*;
use crate::guard::index::Events;
use crate::guard::tests::event;
use crate::post::{Audience, LinkCard, Media};

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|w| (*w).to_owned()).collect()
}

fn of_kind(kind: &str) -> Event {
    Event {
        kind: kind.to_owned(),
        tags: Vec::new(),
        places: Vec::new(),
        ..event()
    }
}

fn with_tags(tags: &[&str]) -> Event {
    Event {
        tags: words(tags),
        ..of_kind("unknown")
    }
}

fn found(text: &str, language: &str, event: &Event) -> Vec<String> {
    let part = Part {
        text: text.to_owned(),
        ..Part::default()
    };
    let reader = Reader::new(&[part], Some(language));
    let touches = reader.touches(event);
    // Whatever touches must be found among many events as well.
    let indexed = Events::from_iter([event.clone()]).may_touch(&reader, &Audience::default());
    assert!(
        touches.is_empty() || indexed.contains(&event.id),
        "{text}: not in the index"
    );
    touches
        .into_iter()
        .map(|t| format!("{}:{}", t.kind, t.found))
        .collect()
}

#[test]
fn harm_words_are_found_in_the_language_of_the_post_and_in_english() {
    for (kind, language, text, expected) in [
        ("shooting", "en", "Come shoot with us", "harm:shoot"),
        ("shooting", "de", "Ein echter Preisknaller", "harm:Preisknaller"),
        ("shooting", "de", "Foto-Shooting am Samstag", "harm:Shooting"),
        ("shooting", "en", "s h o o t your shot", "harm:s h o o t"),
        ("fire", "fr", "Ça va chauffer", "harm:chauffer"),
        ("flood", "es", "Lluvia de ofertas", "harm:Lluvia"),
        ("landslide", "nb", "Et ras av tilbud", "harm:ras av"),
        ("bombing", "ja", "爆安セール", "harm:爆"),
        ("fire", "ka", "ცეცხლოვანი ფასები", "harm:ცეცხლოვანი"),
        ("earthquake", "ru", "Потрясающие скидки", "harm:Потрясающие"),
        ("ship_disaster", "en", "Our subs don't implode", "harm:subs"),
        ("death_public_figure", "en", "Cake to die for", "harm:die"),
    ] {
        let found = found(text, language, &of_kind(kind));
        assert!(found.contains(&expected.to_owned()), "{text}: {found:?}");
    }
}

#[test]
fn other_words_with_the_same_letters_do_not_touch() {
    for (kind, language, text) in [
        ("fire", "en", "Firefox and the fireplace"),
        ("fire", "ja", "花火大会は火曜日"),
        ("war", "de", "Das war schön"),
        ("death_public_figure", "de", "Für die Kinder"),
        ("truck_attack", "nl", "van Amsterdam"),
        ("food_scandal", "es", "Hoy hay pan"),
        ("flood", "fr", "pour toute la famille"),
        ("fire", "fr", "un lit douillet"),
        ("shooting", "de", "Zuschuss vom Amt"),
    ] {
        assert!(
            found(text, language, &of_kind(kind)).is_empty(),
            "{text}: {:?}",
            found(text, language, &of_kind(kind))
        );
    }
}

#[test]
fn a_tag_of_several_words_counts_only_as_a_whole() {
    let event = with_tags(&["why I stayed", "11 de marzo", "shootingrange"]);
    for (text, touched) in [
        ("#WhyIStayed", true),
        ("#whyistayed", true),
        ("This is why I stayed", true),
        ("why she stayed", false),
        ("Novedades de marzo", false),
        ("solo el 11 de marzo", true),
        ("the shooting range", true),
        ("A quiet range hood", false),
    ] {
        assert_eq!(!found(text, "en", &event).is_empty(), touched, "{text}");
    }
}

#[test]
fn dates_and_numbers_are_words() {
    let event = with_tags(&["9/11"]);
    for text in ["Only $9.11", "9/11 deals", "9-11"] {
        assert!(!found(text, "en", &event).is_empty(), "{text}");
    }
    assert!(found("Only $19.11", "en", &event).is_empty());
}

#[test]
fn tags_are_found_in_any_inflection_and_in_compounds() {
    for (tag, language, text) in [
        ("implosion", "en", "they implode"),
        ("Gedenktag", "de", "Gedenken Sie Ihrer Couch"),
        ("virus", "nb", "virusfrykten"),
        ("skyting", "nb", "Skyt deg inn"),
        ("голод", "uk", "Зголодніли?"),
        ("powstanie", "pl", "Powstań z kanapy"),
        ("boston", "en", "#BostonStrong"),
        ("boston", "en", "#prayforboston"),
        ("原爆", "ja", "原爆の日"),
    ] {
        assert!(
            !found(text, language, &with_tags(&[tag])).is_empty(),
            "{tag} in {text}"
        );
    }
    assert!(found("dans la rue", "fr", &with_tags(&["dana"])).is_empty());
}

#[test]
fn a_tag_that_is_a_date_may_be_written_in_any_way() {
    for (tag, language, text, touched) in [
        ("3 сентября", "ru", "до 3-го сентября", true),
        ("3 сентября", "ru", "до 03.09.", true),
        ("3 сентября", "en", "on September 3rd", true),
        ("3 сентября", "ru", "13 сентября", false),
        ("1 sierpnia", "pl", "#1Sierpnia", true),
        ("12月13日", "zh", "12月13号", true),
        ("8月6日", "ja", "8/6 個", false),
        ("9/11", "en", "on November 9", false),
    ] {
        let found = found(text, language, &with_tags(&[tag]));
        assert_eq!(!found.is_empty(), touched, "{tag} in {text}: {found:?}");
    }
}

#[test]
fn a_language_without_a_list_is_inflected_by_its_endings() {
    for (tag, language, text) in [
        ("neužmirštuolė", "lt", "su neužmirštuolėmis"),
        ("מירון", "he", "הקווים למירון"),
        ("بيروت", "ar", "وفي بيروت"),
        ("بيروت", "ar", "أهل وببيروت"),
    ] {
        assert!(
            !found(text, language, &with_tags(&[tag])).is_empty(),
            "{tag} in {text}"
        );
    }
}

#[test]
fn a_tag_may_stand_in_another_script() {
    for (tag, language, text) in [
        ("Itaewon", "ko", "이태원에서 만나요"),
        ("ヒロシマ", "en", "Hiroshima lunch"),
        ("Navalny", "ru", "Навальный"),
    ] {
        assert!(
            !found(text, language, &with_tags(&[tag])).is_empty(),
            "{tag} in {text}"
        );
    }
    assert!(found("a hero", "en", &with_tags(&["ヒロシマ"])).is_empty());
}

#[test]
fn a_tag_without_spaces_is_a_whole_number_and_may_be_split() {
    for (tag, language, text, touched) in [
        ("8月6日", "ja", "18月6日", false),
        ("8月6日", "ja", "今年の8月6日は", true),
        ("사전투표", "ko", "사전 투표하세요", true),
        ("노란리본", "ko", "노란 펜과 리본", false),
    ] {
        let found = found(text, language, &with_tags(&[tag]));
        assert_eq!(!found.is_empty(), touched, "{tag} in {text}: {found:?}");
    }
}

#[test]
fn a_polish_word_is_no_form_of_one_with_other_letters() {
    assert!(found("Powodzenia w mieście, to już maj!", "pl", &with_tags(&["powódź"])).is_empty());
    assert!(!found("Zalew cen: powodzi się nie boję", "pl", &with_tags(&["powódź"])).is_empty());
}

#[test]
fn both_words_of_a_place_are_inflected() {
    for (place, language, text) in [
        ("Lądek-Zdrój", "pl", "do Lądka-Zdroju"),
        ("Stronie Śląskie", "pl", "w Stroniu Śląskim"),
        ("Нижний Тагил", "ru", "в Нижнем Тагиле"),
        ("Кривий Ріг", "uk", "у Кривому Розі"),
    ] {
        let event = Event {
            places: words(&[place]),
            ..of_kind("unknown")
        };
        assert!(!found(text, language, &event).is_empty(), "{place} in {text}");
    }
}

#[test]
fn a_tag_in_a_hashtag_is_called_so() {
    let event = with_tags(&["aurora"]);
    assert_eq!(found("#Aurora dress", "en", &event), ["hashtag:Aurora"]);
    assert_eq!(found("aurora dress", "en", &event), ["tag:aurora"]);
}

#[test]
fn entities_touch_like_tags() {
    let event = Event {
        entities: words(&["Germanwings"]),
        ..of_kind("plane_crash")
    };
    assert_eq!(
        found("With Germanwings to Rome", "en", &event),
        ["entity:Germanwings"]
    );
}

#[test]
fn all_fields_of_all_parts_are_read_and_the_span_points_there() {
    let media = Media {
        sha256: String::new(),
        file_name: "a.png".to_owned(),
        mime: "image/png".to_owned(),
        size_bytes: 1,
        alt: "Ein Gewehr".to_owned(),
        pixels: None,
    };
    let card = LinkCard {
        url: "https://shop.example/gun-sale".to_owned(),
        title: "Kugel".to_owned(),
        description: "Munition".to_owned(),
    };
    let second = Part {
        text: "nichts".to_owned(),
        media: vec![media],
        card: Some(card),
    };
    let touches = touches(&[Part::default(), second], &of_kind("shooting"), Some("de"));
    let seen: Vec<_> = touches
        .iter()
        .map(|t| (t.part, t.field.as_str(), t.found.as_str(), t.span))
        .collect();
    for expected in [
        (2, "alt", "Gewehr", (4, 10)),
        (2, "card", "Kugel", (0, 5)),
        (2, "card", "Munition", (0, 8)),
    ] {
        assert!(seen.contains(&expected), "{seen:?}");
    }
}

#[test]
fn an_unknown_kind_touches_only_by_its_own_words() {
    assert!(found("shoot, bomb, fire", "en", &of_kind("unknown")).is_empty());
}

#[test]
fn a_long_name_is_found_inside_a_hashtag() {
    let event = with_tags(&["Anzac Day"]);
    for text in ["#anzacdaysale", "#myanzacdaysale", "#happyanzacday"] {
        assert_eq!(
            found(text, "en", &event),
            [format!("hashtag:{}", &text[1..])],
            "{text}"
        );
    }
    for text in ["anzacdaysale", "#anzac"] {
        assert!(found(text, "en", &event).is_empty(), "{text}");
    }
    assert!(
        found("#thebrexitsale", "en", &with_tags(&["Brexit"])).is_empty(),
        "too short"
    );
}

#[test]
fn a_name_in_capitals_may_be_written_with_letters_that_look_the_same() {
    assert_eq!(found("Say OXI", "en", &with_tags(&["ΟΧΙ"])), ["tag:OXI"]);
    assert_eq!(found("El 11-M cierra", "es", &with_tags(&["11-М"])), ["tag:11-M"]);
    assert!(found("сор", "ru", &with_tags(&["cop"])).is_empty(), "no capitals");
}

#[test]
fn a_place_that_no_list_has_is_a_common_word_in_lower_case() {
    let event = Event {
        places: words(&["Chiva"]),
        ..of_kind("unknown")
    };
    assert!(found("Ven a ver la chiva", "es", &event).is_empty());
    for text in ["Ven a Chiva", "salimos hacia chiva", "Salimos #chiva"] {
        assert_eq!(found(text, "es", &event).len(), 1, "{text}");
    }
}

#[test]
fn a_town_is_known_without_its_river() {
    let event = Event {
        places: words(&["Alphen aan den Rijn"]),
        ..of_kind("unknown")
    };
    assert_eq!(found("Alphense kaas", "nl", &event), ["place:Alphense"]);
}
