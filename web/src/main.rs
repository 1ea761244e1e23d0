//! The page of Lightcone.
use yew::prelude::*;

#[component]
fn App() -> Html {
    html! { <h1>{ "Lightcone" }</h1> }
}

fn main() {
    yew::Renderer::<App>::new().render();
}
