//! What the tests of every chart ask of its picture.

use super::canvas::{Canvas, Fonts};
use super::chart::Form;

/// A file, a wide and a narrow column of a page, and a phone.
pub fn forms() -> [Form; 4] {
    [Form::FILE, Form::page(680.0), Form::page(480.0), Form::page(340.0)]
}

/// That no text covers another or leaves the picture, and that the picture is XML without anything that acts. Returns the texts.
pub fn keeps_apart(canvas: &Canvas, fonts: &Fonts) -> Vec<String> {
    let boxes = canvas.label_boxes(fonts);
    let [width, height] = canvas.extent();
    for (index, (text, [left, top, right, bottom])) in boxes.iter().enumerate() {
        let inside = *left >= 0.0 && *right <= width && *top >= 0.0 && *bottom <= height;
        assert!(
            inside,
            "{text:?} at {left} to {right}, {top} to {bottom} leaves {width} by {height}: {}",
            canvas.title()
        );
        for (other, [l, t, r, b]) in boxes.iter().take(index) {
            let apart = right <= l || r <= left || bottom <= t || b <= top;
            assert!(
                apart,
                "{text:?} at {left} to {right}, {top} covers {other:?} at {l} to {r}, {t}: {}",
                canvas.title()
            );
        }
    }
    let svg = canvas.svg(fonts).unwrap_or_else(|error| panic!("{error}"));
    check_xml(&svg);
    let inline = canvas.inline(fonts, "a chart").unwrap_or_else(|error| panic!("{error}"));
    check_xml(&inline);
    // A fixed colour would stay as it is on a dark ground.
    assert!(!inline.contains("=\"#"), "{inline}");
    boxes.into_iter().map(|(text, _)| text).collect()
}

/// That a picture is XML of the kinds of elements that we draw, without a script, a reference or a number that is none.
fn check_xml(svg: &str) {
    let mut reader = quick_xml::Reader::from_str(svg);
    reader.config_mut().check_end_names = true;
    let mut depth = 0;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Start(tag)) => {
                depth += 1;
                check_tag(&tag);
            }
            Ok(quick_xml::events::Event::Empty(tag)) => check_tag(&tag),
            Ok(quick_xml::events::Event::End(_)) => depth -= 1,
            Ok(quick_xml::events::Event::Eof) => break,
            Ok(_) => {}
            Err(error) => panic!("{error} in {svg}"),
        }
    }
    assert_eq!(depth, 0);
}

fn check_tag(tag: &quick_xml::events::BytesStart<'_>) {
    const KNOWN: [&str; 9] = ["svg", "title", "desc", "rect", "circle", "line", "polyline", "polygon", "text"];
    let name = tag.name();
    assert!(KNOWN.iter().any(|known| **known == *name.as_ref()), "{tag:?}");
    for attribute in tag.attributes() {
        let attribute = attribute.unwrap_or_else(|error| panic!("{error} in {tag:?}"));
        let (key, value) = (attribute.key.as_ref(), &attribute.value);
        assert!(
            !key.starts_with("on") && !key.contains("href") && !value.contains("url("),
            "{tag:?}"
        );
        assert!(!value.contains("NaN") && !value.contains("inf"), "{tag:?}");
    }
}
