//! Presenting without a guide: what is happening, in large type.

use crate::model::Model;
use crate::model::session::Session;
use crate::model::words::words;
use lightcone_core::base::json::millis_text;
use lightcone_core::trace::causality::is_event;
use lightcone_core::trace::{Kind, RecordId};
use lightcone_core::views::diagram::sort_of_record;
use lightcone_core::views::guide::whole;
use yew::prelude::*;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
}

/// The next event from which an audience learns something.
pub(crate) fn next_worth_seeing(s: &Session) -> Option<RecordId> {
    let all = whole(s.run());
    let worth = |id: &RecordId| {
        let record = all.trace().record(*id);
        let faults =
            [Kind::Crash, Kind::Restart, Kind::Partition, Kind::Heal, Kind::Violation, Kind::Reply, Kind::Deliver];
        faults.contains(&record.kind) || is_event(record)
    };
    let hidden =
        |id: RecordId| sort_of_record(&all, all.trace().record(id)).is_some_and(|sort| s.hidden().contains(&sort));
    (s.run().position()..all.trace().len()).find(|id| worth(id) && !hidden(*id))
}

/// The last event in words, why it turned out as it did, and how far the run is.
#[component]
pub(crate) fn Presented(props: &Props) -> Html {
    let s = props.model.get();
    let share = s.view_us() / s.end_us().max(1.0);
    html! {
        <section class="guide" aria-label="What happens" aria-live="polite">
            <h2>{ s.title() }</h2>
            if let Some(id) = s.shown() {
                <h3>{ words(&s, id) }</h3>
                if let Some((text, _)) = s.run().why(id) { <p>{ text }</p> }
                <p class="facts">{ format!("{} ms", millis_text(s.run().trace().record(id).at_us)) }</p>
            } else {
                <p>{ s.builtin().map_or("", |b| b.watch) }</p>
            }
            <div class="bar" aria-hidden="true"><i style={format!("width:{}%", (share * 100.0) as u32)}></i></div>
        </section>
    }
}
