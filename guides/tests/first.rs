//! The picture that the page has before any program runs.

use lightcone_core::base::json::Doc;

#[test]
fn the_first_picture_is_there_for_every_width_and_is_small() {
    let html = lightcone_guides::first_picture().expect("a picture");
    assert!(html.len() < 90_000, "{} bytes", html.len());
    let json =
        html.split("id=\"first-picture\">").nth(1).and_then(|rest| rest.split("</script>").next()).expect("pieces");
    let pieces = Doc::parse(json).and_then(|doc| doc.list()).expect("a list");
    let mut reached = 320;
    for piece in pieces {
        let mut piece = piece.object().expect("an object");
        let mut side = |key: &str| piece.need(key)?.list()?[0].int(0, 10_000);
        let (from, to) = (side("from").expect("a width"), side("to").expect("a width"));
        assert!(from == reached || from == 320, "no picture from {reached} to {from} pixels");
        let svg = piece.need("svg").and_then(|svg| svg.string()).expect("shapes");
        for name in [">P1<", ">P2<", ">P3<", ">(1,0,0)<", "data-event=\"4\""] {
            assert!(svg.contains(name), "{name} is not in the picture for {from} to {to} pixels");
        }
        reached = to;
    }
    assert_eq!(reached, 2_600);
}
