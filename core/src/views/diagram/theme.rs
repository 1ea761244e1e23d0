//! Colours. Process colours are the Okabe–Ito palette (Okabe & Ito 2008, "Color universal design"),
//! darkened or lightened until a line has a contrast of 3 : 1 against the paper and no two of them come too close for
//! somebody who sees fewer colours: `core/tests/design.rs` computes both, `docs/design-checks.md` has the figures.

/// A colour by its meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ink {
    /// The ground.
    Paper,
    /// Text that matters.
    Text,
    /// Text beside it.
    Muted,
    /// Grid lines.
    Grid,
    /// A lane.
    Lane,
    /// What is chosen, and now.
    Accent,
    /// What is in the causal past of the chosen event.
    Past,
    /// What is in its causal future.
    Future,
    /// Losses, crashes, violations.
    Bad,
    /// The hatching of a cut or a pause.
    Hatch,
    /// A process's own colour, for lines and marks.
    Process(u8),
    /// The same for letters, which need more contrast.
    Word(u8),
}

/// Number of process colours.
pub const TONES: u8 = 7;

/// A set of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// Black on white; readable in grey.
    Print,
}

impl Theme {
    /// The colour as `#rrggbb`.
    #[must_use]
    pub const fn hex(self, ink: Ink) -> &'static str {
        match self {
            Theme::Light => light(ink),
            Theme::Dark => dark(ink),
            Theme::Print => print(ink),
        }
    }
}

const fn light(ink: Ink) -> &'static str {
    match ink {
        Ink::Paper => "#ffffff",
        Ink::Text => "#14171f",
        Ink::Muted => "#5a6270",
        Ink::Grid => "#e9ebef",
        Ink::Lane => "#8b93a1",
        Ink::Accent => "#2353d9",
        Ink::Past => "#0072b2",
        Ink::Future => "#b36b00",
        Ink::Bad => "#c1271d",
        Ink::Hatch => "#828a98",
        Ink::Process(tone) => match tone % TONES {
            0 => "#0072b2",
            1 => "#d55e00",
            2 => "#00825f",
            3 => "#b4548c",
            4 => "#86560e",
            5 => "#134880",
            _ => "#59606c",
        },
        Ink::Word(tone) => match tone % TONES {
            1 => "#b84f00",
            other => light(Ink::Process(other)),
        },
    }
}

const fn dark(ink: Ink) -> &'static str {
    match ink {
        Ink::Paper => "#14171d",
        Ink::Text => "#eef0f4",
        Ink::Muted => "#a2aab8",
        Ink::Grid => "#262b34",
        Ink::Lane => "#6b7484",
        Ink::Accent => "#7ea1ff",
        Ink::Past => "#56b4e9",
        Ink::Future => "#e69f00",
        Ink::Bad => "#ff7b6e",
        Ink::Hatch => "#646e80",
        Ink::Process(tone) => match tone % TONES {
            0 => "#4aa8e0",
            1 => "#f08040",
            2 => "#20b98a",
            3 => "#dc93bd",
            4 => "#e6a817",
            5 => "#8ccbf2",
            _ => "#7e8188",
        },
        Ink::Word(tone) => dark(Ink::Process(tone)),
    }
}

const fn print(ink: Ink) -> &'static str {
    match ink {
        Ink::Paper => "#ffffff",
        Ink::Text | Ink::Bad | Ink::Accent => "#000000",
        Ink::Muted => "#333333",
        Ink::Grid => "#e2e2e2",
        Ink::Lane => "#777777",
        Ink::Past | Ink::Future => "#444444",
        Ink::Hatch => "#8f8f8f",
        Ink::Process(tone) | Ink::Word(tone) => match tone % 3 {
            0 => "#111111",
            1 => "#4a4a4a",
            _ => "#6e6e6e",
        },
    }
}
