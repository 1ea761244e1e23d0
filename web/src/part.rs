//! One kind of component for all parts of the page.
//!
//! Yew compiles its machinery (creating, comparing, drawing and destroying) once for each type of component, about 5 kB of
//! wasm each. The parts of this page are functions of their properties, so one component type can stand for all of them: it
//! keeps properties as `dyn Any` and calls the function that belongs to them. Hooks work as ever, since they live in the
//! context that is handed on.

use std::any::Any;
use std::rc::Rc;
use yew::functional::{FunctionProvider, Hook, HookContext};
use yew::html::HtmlResult;
use yew::prelude::*;
use yew::virtual_dom::Key;

/// How a part of some type is drawn and compared; there is one for each type.
struct Kind {
    run: fn(&mut HookContext, &dyn Any) -> HtmlResult,
    same: fn(&dyn Any, &dyn Any) -> bool,
}

/// Properties of a part: those of its function, with what is to be done with them.
#[derive(Properties, Clone)]
struct PartProps {
    kind: &'static Kind,
    props: Rc<dyn Any>,
}

impl PartialEq for PartProps {
    fn eq(&self, other: &PartProps) -> bool {
        std::ptr::eq(self.kind, other.kind) && (self.kind.same)(&*self.props, &*other.props)
    }
}

impl Hook for PartProps {
    type Output = HtmlResult;

    fn run(self, context: &mut HookContext) -> HtmlResult {
        (self.kind.run)(context, &*self.props)
    }
}

fn use_kind(props: &PartProps) -> PartProps {
    props.clone()
}

#[component]
fn Part(props: &PartProps) -> HtmlResult {
    use_kind(props)
}

/// Properties come back as the type that went in: `show` puts both into one `Part`.
fn own<C: FunctionProvider<Properties: 'static>>(props: &dyn Any) -> &C::Properties {
    props.downcast_ref().expect("a part is drawn with its own properties")
}

/// The properties of a component.
pub(crate) type PropsOf<C> = <C as FunctionProvider>::Properties;

trait OfKind: FunctionProvider {
    const KIND: Kind;
}

impl<C: FunctionProvider<Properties: 'static>> OfKind for C {
    const KIND: Kind =
        Kind { run: |context, props| C::run(context, own::<C>(props)), same: |a, b| own::<C>(a) == own::<C>(b) };
}

/// A part with its properties; `part!` is how it is written. The key tells it from parts of other types that come and go
/// in the same place: to Yew all of them are one type.
pub(crate) fn show<C: FunctionProvider<Properties: 'static>>(key: impl Into<Key>, props: C::Properties) -> Html {
    shown(key.into(), const { &C::KIND }, Rc::new(props))
}

fn shown(key: Key, kind: &'static Kind, props: Rc<dyn Any>) -> Html {
    html! { <Part {key} {kind} {props} /> }
}

/// A part of the page: `part!(Seed { model: model.clone(), on: on.clone() })`, in a list `part!(index => Row { row })`.
macro_rules! part {
    ($component:ident { $($props:tt)* }) => {
        $crate::part::show::<$component>(
            concat!(stringify!($component), line!(), ":", column!()), ::yew::props!($crate::part::PropsOf<$component> { $($props)* }))
    };
    ($key:expr => $component:ident { $($props:tt)* }) => {
        $crate::part::show::<$component>($key, ::yew::props!($crate::part::PropsOf<$component> { $($props)* }))
    };
}
pub(crate) use part;
