//! One execution of a log: hosts, events, and what about their clocks cannot be.

use std::collections::BTreeMap;

/// An event of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The line of the log in which its clock stands, counted from 1.
    pub line: usize,
    /// Number of its host in [`Execution::hosts`].
    pub host: u32,
    /// What happened.
    pub text: String,
    /// Other groups of the expression with what they matched.
    pub fields: Vec<(String, String)>,
    /// Numbers of hosts with their entries, in the order of the hosts. Entries of 0 are left out.
    pub clock: Vec<(u32, u64)>,
}

impl Event {
    /// An entry of its clock.
    #[must_use]
    pub fn entry(&self, host: u32) -> u64 {
        self.clock.binary_search_by_key(&host, |(host, _)| *host).map_or(0, |at| self.clock[at].1)
    }

    /// The entry of its own host.
    #[must_use]
    pub fn own(&self) -> u64 {
        self.entry(self.host)
    }
}

/// Something that a person should know of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The line, counted from 1.
    pub line: usize,
    /// One sentence.
    pub what: String,
}

impl Remark {
    /// A sentence about a line. Names out of a log may hold anything, and a sentence stands on one line.
    pub(super) fn new(line: usize, what: &str) -> Remark {
        Remark { line, what: what.chars().map(|c| if c.is_control() { ' ' } else { c }).collect() }
    }
}

/// One execution.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Execution {
    /// What the delimiter calls it, if it has a group `trace`.
    pub label: String,
    /// Hosts that have events, in the order in which they come up.
    pub hosts: Vec<String>,
    /// Events, in the order of the log.
    pub events: Vec<Event>,
    /// Events that the log must have had and lacks.
    pub gaps: Vec<Remark>,
    /// Clocks that no run can have made.
    pub impossible: Vec<Remark>,
}

/// An event before all hosts are known.
pub(super) struct Raw {
    pub(super) line: usize,
    pub(super) host: String,
    pub(super) text: String,
    pub(super) fields: Vec<(String, String)>,
    pub(super) clock: BTreeMap<String, u64>,
}

impl Execution {
    /// Numbers the hosts and looks at the clocks.
    pub(super) fn of(label: String, raw: Vec<Raw>, mut impossible: Vec<Remark>) -> Execution {
        let mut numbers: BTreeMap<String, u32> = BTreeMap::new();
        let mut hosts = Vec::new();
        for event in &raw {
            if !numbers.contains_key(&event.host) {
                numbers.insert(event.host.clone(), hosts.len() as u32);
                hosts.push(event.host.clone());
            }
        }
        let mut strangers: BTreeMap<String, usize> = BTreeMap::new();
        let mut events = Vec::with_capacity(raw.len());
        for event in raw {
            let mut clock: Vec<(u32, u64)> = Vec::with_capacity(event.clock.len());
            for (host, entry) in event.clock.into_iter().filter(|(_, entry)| *entry > 0) {
                match numbers.get(&host) {
                    Some(number) => clock.push((*number, entry)),
                    None => drop(strangers.entry(host).or_insert(event.line)),
                }
            }
            clock.sort_unstable();
            let host = numbers[&event.host];
            events.push(Event { line: event.line, host, text: event.text, fields: event.fields, clock });
        }
        for (host, line) in strangers {
            impossible.push(Remark::new(line, &format!("the clock names {host}, of which there is no event")));
        }
        let mut execution = Execution { label, hosts, events, gaps: Vec::new(), impossible };
        execution.look_at_clocks();
        execution.impossible.sort_by_key(|remark| remark.line);
        execution
    }

    /// The events of each host, as numbers, in the order of the log.
    #[must_use]
    pub fn by_host(&self) -> Vec<Vec<u32>> {
        let mut lists = vec![Vec::new(); self.hosts.len()];
        for (n, event) in self.events.iter().enumerate() {
            lists[event.host as usize].push(n as u32);
        }
        lists
    }

    fn look_at_clocks(&mut self) {
        let lists = self.by_host();
        let mut highest: Vec<u64> = vec![0; self.hosts.len()];
        let mut rising = true;
        for list in &lists {
            let mut before: Option<&Event> = None;
            for event in list.iter().map(|n| &self.events[*n as usize]) {
                let (own, last) = (event.own(), before.map_or(0, Event::own));
                let name = &self.hosts[event.host as usize];
                let mut wrong = |what: String| self.impossible.push(Remark::new(event.line, &what));
                if own == 0 {
                    wrong(format!("the clock has no entry of {name}, whose event it is"));
                } else if own <= last {
                    wrong(format!("the entry of {name} is {own}, and was {last} before: it must grow with each event"));
                } else if own > last + 1 {
                    let what = match own - last - 1 {
                        1 => format!("event {} of {name} is missing", last + 1),
                        _ => format!("events {} to {} of {name} are missing", last + 1, own - 1),
                    };
                    self.gaps.push(Remark::new(event.line, &what));
                }
                rising &= own > last;
                if let Some((host, entry)) = before.and_then(|before| shrunk(before, event)) {
                    let of = &self.hosts[host as usize];
                    wrong(format!("{name} knew of {entry} events of {of}, and knows of fewer now"));
                }
                let top = &mut highest[event.host as usize];
                *top = own.max(*top);
                before = Some(event);
            }
        }
        self.look_at_others(&lists, &highest, rising);
    }

    /// Entries of other hosts: nobody knows of what has not happened, and who knows of an event knows what that knew.
    fn look_at_others(&mut self, lists: &[Vec<u32>], highest: &[u64], rising: bool) {
        let mut known: BTreeMap<(u32, u32), u64> = BTreeMap::new();
        let mut found = Vec::new();
        for event in &self.events {
            for &(host, entry) in event.clock.iter().filter(|(host, _)| *host != event.host) {
                let of = &self.hosts[host as usize];
                let seen = known.entry((event.host, host)).or_default();
                if entry > highest[host as usize] {
                    let most = highest[host as usize];
                    let what = format!("the entry of {of} is {entry}, and {of} never had more than {most}");
                    found.push(Remark::new(event.line, &what));
                } else if entry > *seen && rising {
                    let list = &lists[host as usize];
                    let last = list.partition_point(|n| self.events[*n as usize].own() <= entry);
                    let source = last.checked_sub(1).map(|at| &self.events[list[at] as usize]);
                    if let Some((third, least)) = source.and_then(|source| beyond(source, event)) {
                        let third = &self.hosts[third as usize];
                        let what = format!(
                            "it knows of event {entry} of {of}, which knew of {least} events of {third}, and does not know those"
                        );
                        found.push(Remark::new(event.line, &what));
                    }
                }
                *seen = entry.max(*seen);
            }
        }
        self.impossible.extend(found);
    }
}

/// An entry of a host's earlier clock that is smaller in a later one, other than its own.
fn shrunk(before: &Event, after: &Event) -> Option<(u32, u64)> {
    before.clock.iter().copied().find(|(host, entry)| *host != after.host && after.entry(*host) < *entry)
}

/// An entry of one clock that is larger than in another.
fn beyond(one: &Event, other: &Event) -> Option<(u32, u64)> {
    one.clock.iter().copied().find(|(host, entry)| other.entry(*host) < *entry)
}

#[cfg(test)]
mod tests;
