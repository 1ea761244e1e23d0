//! `lightcone-split IN FIRST LATER parent=MODULE:: stay=CHILD also=PART never=PART gate=PART`

use lightcone_split::plan::Later;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run(std::env::args().skip(1).collect()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("{sentence}");
            ExitCode::from(2)
        }
    }
}

fn run(args: Vec<String>) -> Result<(), String> {
    let [file, first, later, words @ ..] = args.as_slice() else {
        return Err(
            "usage: lightcone-split IN FIRST LATER parent=MODULE:: stay=CHILD also=PART never=PART gate=PART".into()
        );
    };
    let mut names =
        Later { parent: String::new(), stay: Vec::new(), also: Vec::new(), never: Vec::new(), gates: Vec::new() };
    for word in words {
        match word.split_once('=') {
            Some(("parent", text)) => names.parent = text.into(),
            Some(("stay", text)) => names.stay.push(text.into()),
            Some(("also", text)) => names.also.push(text.into()),
            Some(("never", text)) => names.never.push(text.into()),
            Some(("gate", text)) => names.gates.push(text.into()),
            _ => return Err(format!("`{word}` is none of parent=, stay=, also=, never=, gate=")),
        }
    }
    let whole = std::fs::read(file).map_err(|e| format!("cannot read {file}: {e}"))?;
    let (one, two) = lightcone_split::cut(&whole, &names)?;
    std::fs::write(first, one).map_err(|e| format!("cannot write {first}: {e}"))?;
    std::fs::write(later, two).map_err(|e| format!("cannot write {later}: {e}"))
}
