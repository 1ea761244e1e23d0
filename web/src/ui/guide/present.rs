//! Presenting without a guide: what is happening, in large type.

use crate::model::Model;
use crate::model::session::Session;
use crate::model::words::words;
use lightcone_core::base::json::millis_text;
use lightcone_core::engine::Run;
use lightcone_core::trace::{Kind, NO_NODE, RecordId};
use lightcone_core::views::diagram::{Index, sort_of_record};
use lightcone_core::views::guide::whole;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
}

/// Most records that are looked back through for what matters.
const BACK_MAX: u32 = 2_000;

/// Whether an audience learns something from a record: not from what only keeps the system going, nor from what only arrives.
fn matters(run: &Run, index: &Index, id: RecordId) -> bool {
    let record = run.trace().record(id);
    if index.is_routine(id) || record.kind == Kind::Boot {
        return false;
    }
    let changes_band =
        || id > 0 && record.node != NO_NODE && index.band(record.node, id) != index.band(record.node, id - 1);
    let is_news =
        !matches!(record.kind, Kind::Receive | Kind::Persist | Kind::State | Kind::Link | Kind::Drop | Kind::Act);
    is_news || changes_band()
}

/// The next event from which an audience learns something.
pub(crate) fn next_worth_seeing(s: &Session) -> Option<RecordId> {
    let all = whole(s.run());
    let index = Index::of(&all);
    let hidden =
        |id: RecordId| sort_of_record(&all, all.trace().record(id)).is_some_and(|sort| s.hidden().contains(&sort));
    (s.run().position()..all.trace().len()).find(|&id| matters(&all, &index, id) && !hidden(id))
}

/// What an audience is told of: the newest event that matters, unless somebody has chosen one.
fn told(s: &Session) -> Option<RecordId> {
    if s.chosen()[0].is_some() {
        return s.shown();
    }
    let newest = s.frame().event?;
    let back = (newest.saturating_sub(BACK_MAX)..=newest).rev();
    back.into_iter().find(|&id| matters(s.run(), s.index(), id)).or_else(|| s.shown())
}

/// The last event in words, why it turned out as it did, and how far the run is.
#[component]
pub(crate) fn Presented(props: &Props) -> Html {
    let s = props.model.get();
    let told = told(&s);
    let band = told.and_then(|id| {
        let node = s.run().trace().record(id).node;
        let band = s.index().band(node, id).filter(|_| node != NO_NODE)?;
        Some(format!("{}: {}", s.run().names()[usize::from(node)], band.text()))
    });
    let share = s.view_us() / s.end_us().max(1.0);
    html! {
        <section class="guide" tabindex="0" aria-label="What happens" aria-live="polite">
            <h2>{ s.title() }</h2>
            if let Some(id) = told {
                <h3>{ words(&s, id) }</h3>
                if let Some(band) = band { <p class="band">{ band }</p> }
                if let Some((text, _)) = s.run().why(id) { <p>{ text }</p> }
                <p class="facts">{ format!("{} ms", millis_text(s.run().trace().record(id).at_us)) }</p>
            } else {
                <p>{ s.builtin().map_or("", |b| b.watch) }</p>
            }
            <div class="bar" aria-hidden="true"><i style={format!("width:{}%", (share * 100.0) as u32)}></i></div>
        </section>
    }
}
