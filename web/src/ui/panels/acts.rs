//! The list of acts: all that is done to the run, to be read, moved, changed and deleted.

use crate::model::Model;
use crate::model::branches::Wish;
use crate::model::command::Command;
use crate::model::session::{ActRow, read_millis};
use crate::ui::controls::{UndoButtons, input_value};
use lightcone_core::base::json::{Doc, millis_text};
use lightcone_core::trace::When;
use yew::prelude::*;

/// Rows at a time: more fields than this make a page slow.
const ROWS: usize = 60;

/// Properties.
#[derive(Properties, PartialEq)]
pub(crate) struct Props {
    /// The session.
    pub model: Model,
    /// Calls back.
    pub on: Callback<Command>,
}

/// The panel.
#[component]
pub(crate) fn Acts(props: &Props) -> Html {
    let s = props.model.get();
    let page = use_state(|| 0_usize);
    let rows = s.act_rows();
    let last = rows.len().saturating_sub(1) / ROWS;
    let shown = (*page).min(last);
    let turn = |to: usize| {
        let page = page.clone();
        Callback::from(move |_: MouseEvent| page.set(to))
    };
    let row = |row: &ActRow| html! { <Row key={row.index} row={row.clone()} model={props.model.clone()} on={props.on.clone()} /> };
    html! {
        <div class="acts">
            <div class="head">
                <p class="says">{ "Every act of this branch. A change replays the run up to the same time; it makes no branch, and Undo takes it back." }</p>
                <UndoButtons model={props.model.clone()} on={props.on.clone()} />
            </div>
            if rows.is_empty() { <p class="empty">{ "Nothing is done to this run: what happens, happens by itself." }</p> }
            if last > 0 {
                <div class="group" role="group" aria-label="Pages of the list">
                    <button onclick={turn(shown.saturating_sub(1))} disabled={shown == 0}>{ "earlier" }</button>
                    <button onclick={turn(shown + 1)} disabled={shown >= last}>{ "later" }</button>
                </div>
            }
            <ol class="list-of-acts">{ for rows.iter().skip(shown * ROWS).take(ROWS).map(row) }</ol>
            <Adder model={props.model.clone()} on={props.on.clone()} />
        </div>
    }
}

/// What is wrong with a time, if anything is.
fn time_trouble(text: &str) -> Option<String> {
    read_millis(text).err().map(|e| e.to_string())
}

/// What is wrong with an act, if anything is.
fn act_trouble(model: &Model, text: &str) -> Option<String> {
    let wrong = Doc::parse(text).and_then(|_| model.get().run().scenario().read_act(text)).err()?;
    Some(wrong.to_string())
}

/// A field, the text in it, and what is wrong with that.
type Field = UseStateHandle<Option<String>>;

fn typing(field: &Field) -> Callback<InputEvent> {
    let field = field.clone();
    Callback::from(move |e: InputEvent| field.set(Some(input_value(&e))))
}

fn alert(trouble: &Option<String>) -> Html {
    html! { if let Some(trouble) = trouble { <p class="trouble" role="alert">{ trouble }</p> } }
}

#[derive(Properties, PartialEq)]
struct RowProps {
    row: ActRow,
    model: Model,
    on: Callback<Command>,
}

#[component]
fn Row(props: &RowProps) -> Html {
    let time: Field = use_state(|| None);
    let json: Field = use_state(|| None);
    let trouble: Field = use_state(|| None);
    let row = &props.row;
    let index = row.index;
    let known = row.at_us.map(millis_text);
    let set_time = {
        let (time, trouble, on) = (time.clone(), trouble.clone(), props.on.clone());
        Callback::from(move |_: Event| {
            let Some(text) = (*time).clone() else { return };
            let wrong = time_trouble(&text);
            if wrong.is_none() {
                time.set(None);
                on.emit(Command::Tree(Wish::Move(index, text)));
            }
            trouble.set(wrong);
        })
    };
    let apply = {
        let (json, trouble, on, model) = (json.clone(), trouble.clone(), props.on.clone(), props.model.clone());
        Callback::from(move |()| {
            let Some(text) = (*json).clone() else { return };
            let wrong = act_trouble(&model, &text);
            if wrong.is_none() {
                json.set(None);
                on.emit(Command::Tree(Wish::Change(index, text)));
            }
            trouble.set(wrong);
        })
    };
    let edit = {
        let (json, trouble, now) = (json.clone(), trouble.clone(), row.json.clone());
        Callback::from(move |_: MouseEvent| {
            json.set(if json.is_some() { None } else { Some(now.clone()) });
            trouble.set(None);
        })
    };
    let wish = |wish: Wish| props.on.reform(move |_: MouseEvent| Command::Tree(wish.clone()));
    let to_time = known.clone().map(|text| wish(Wish::Move(index, text)));
    let words = &row.words;
    html! {
        <li class={classes!(row.ahead.then_some("ahead"), row.by_hand.then_some("by-hand"))}>
            if let When::After(id) = row.when {
                <span class="anchor">
                    { format!("right after event {id}") }
                    if let (Some(text), Some(onclick)) = (&known, to_time) {
                        <button class="link" {onclick} aria-label={format!("Put {words} at {text} ms")}>{ format!("at {text} ms instead") }</button>
                    }
                </span>
            } else {
                <label class="time"><input type="text" inputmode="decimal" aria-label={format!("Time of {words}")}
                    value={(*time).clone().or(known).unwrap_or_default()} oninput={typing(&time)} onchange={set_time} />{ "ms" }</label>
            }
            <span class="words">{ words }</span>
            <em>{ if row.by_hand { "yours" } else { "scenario" } }</em>
            <div class="group">
                <button onclick={edit} aria-expanded={json.is_some().to_string()} aria-label={format!("Edit {words}")}>{ "edit" }</button>
                <button onclick={wish(Wish::Duplicate(index))} aria-label={format!("Duplicate {words}")}>{ "duplicate" }</button>
                <button onclick={wish(Wish::Remove(index))} aria-label={format!("Delete {words}")}>{ "delete" }</button>
            </div>
            if let Some(text) = (*json).clone() {
                <Json name={format!("{words} as JSON")} {text} field={json.clone()} button="apply" on={apply} />
            }
            { alert(&trouble) }
        </li>
    }
}

/// An act as JSON, and a button that takes it.
#[derive(Properties, PartialEq)]
struct JsonProps {
    name: String,
    text: String,
    field: Field,
    button: &'static str,
    on: Callback<()>,
}

#[component]
fn Json(props: &JsonProps) -> Html {
    let on_enter = {
        let on = props.on.clone();
        Callback::from(move |e: KeyboardEvent| {
            if e.key() == "Enter" {
                on.emit(());
            }
        })
    };
    html! {
        <div class="json">
            <input type="text" spellcheck="false" autocomplete="off" aria-label={props.name.clone()} value={props.text.clone()}
                oninput={typing(&props.field)} onkeydown={on_enter} />
            <button onclick={props.on.reform(|_: MouseEvent| ())}>{ props.button }</button>
        </div>
    }
}

#[derive(Properties, PartialEq)]
struct AdderProps {
    model: Model,
    on: Callback<Command>,
}

/// One more act: at the cursor's time unless another is typed.
#[component]
fn Adder(props: &AdderProps) -> Html {
    let time: Field = use_state(|| None);
    let json: Field = use_state(|| None);
    let trouble: Field = use_state(|| None);
    let (now, example) = {
        let s = props.model.get();
        let first = s.run().names().first().cloned().unwrap_or_default();
        (millis_text(s.view_us() as u64), format!("{{\"crash\":{{\"node\":\"{first}\"}}}}"))
    };
    let (at, text) = ((*time).clone().unwrap_or(now), (*json).clone().unwrap_or(example));
    let add = {
        let (time, json, trouble) = (time.clone(), json.clone(), trouble.clone());
        let (on, model, at, text) = (props.on.clone(), props.model.clone(), at.clone(), text.clone());
        Callback::from(move |()| {
            let wrong = time_trouble(&at).or_else(|| act_trouble(&model, &text));
            if wrong.is_none() {
                time.set(None);
                json.set(None);
                on.emit(Command::Tree(Wish::Add(at.clone(), text.clone())));
            }
            trouble.set(wrong);
        })
    };
    html! {
        <div class="adder" role="group" aria-label="Add an act">
            <label class="time"><input type="text" inputmode="decimal" aria-label="Time of the new act" value={at} oninput={typing(&time)} />{ "ms" }</label>
            <Json name="The new act as JSON" {text} field={json.clone()} button="add" on={add} />
            { alert(&trouble) }
        </div>
    }
}
