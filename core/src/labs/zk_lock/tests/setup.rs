//! Settings and arguments that do not fit get one sentence with a path.

use crate::labs;

fn refused(rest: &str) -> String {
    let text = format!("{{\"format\":\"lightcone/1\",\"lab\":\"zk-lock\",{rest}}}");
    labs::parse(&text).err().unwrap_or_else(|| panic!("{rest} is taken")).to_string()
}

#[test]
fn what_does_not_fit_is_named() {
    let request = |op: &str, args: &str| {
        format!(
            "\"acts\":[{{\"at_ms\":1,\"act\":{{\"request\":{{\"node\":\"c1\",\"op\":\"{op}\",\"args\":{{{args}}}}}}}}}]"
        )
    };
    for (rest, path) in [
        ("\"setup\":{\"servers\":2}".to_string(), "$.setup.servers"),
        ("\"setup\":{\"clients\":13}".into(), "$.setup.clients"),
        ("\"setup\":{\"file\":{\"counter\":-1}}".into(), "$.setup.file"),
        ("\"setup\":{\"file\":{\"lines\":[1]}}".into(), "$.setup.file"),
        ("\"setup\":{\"file\":{\"pages\":[]}}".into(), "$.setup.file"),
        ("\"setup\":{\"watch\":\"none\"}".into(), "$.setup.watch"),
        ("\"setup\":{\"broken\":[\"no-such\"]}".into(), "$.setup.broken"),
        (request("lock", "\"path\":\"lock\""), "$.acts[0].act.request.args.path"),
        (request("lock", "\"path\":\"/a//b\""), "$.acts[0].act.request.args.path"),
        (request("set", "\"version\":\"new\""), "$.acts[0].act.request.args.version"),
        (request("increment", "\"times\":0"), "$.acts[0].act.request.args.times"),
    ] {
        let said = refused(&rest);
        assert!(said.starts_with(path), "{rest}: {said}");
    }
}
