//! Instances → groups that each make one executable.
//!
//! Instances linked by imports belong together, and so do those that share state of `spectest`. A group that defines a
//! memory or registers names gets an executable to itself, so that the memory lies where real programs have theirs;
//! the many small modules that do neither share one, since each link and start costs milliseconds.

use std::collections::HashMap;

use super::script::{Action, Script, Step};
use super::spectest;

/// Executables hold at most this many instances that are not linked, so that a crash takes few others with it.
const UNLINKED: usize = 100;
/// And at most this many with tables, each of which may claim one of the places for large tables.
const UNLINKED_TABLES: usize = 50;

/// Instances, in the order of their numbers.
pub type Group = Vec<usize>;

/// The groups of a script, and their steps in order.
pub fn groups<'s, 'a>(script: &'s Script<'a>) -> Vec<(Group, Vec<&'s Step<'a>>)> {
    let groups = pack(script, components(script));
    let mut group_of = vec![0; script.instances.len()];
    for (number, group) in groups.iter().enumerate() {
        for &instance in group {
            group_of[instance] = number;
        }
    }
    let mut groups: Vec<(Group, Vec<&Step>)> = groups.into_iter().map(|group| (group, Vec::new())).collect();
    for step in &script.steps {
        groups[group_of[step.instance]].1.push(step);
    }
    groups
}

/// Instances that are linked, directly or not.
fn components(script: &Script<'_>) -> Vec<Group> {
    let mut links = Links { parents: (0..script.instances.len()).collect() };
    let mut state_of_spectest = HashMap::new();
    for (number, instance) in script.instances.iter().enumerate() {
        for import in &instance.imports {
            if let Some(provider) = import.provider {
                links.join(number, provider);
            } else if import.module == spectest::NAME && spectest::is_state(&import.name) {
                links.join(number, *state_of_spectest.entry(&import.name).or_insert(number));
            }
        }
    }
    let mut components = vec![Vec::new(); script.instances.len()];
    for number in 0..script.instances.len() {
        components[links.root(number)].push(number);
    }
    components.retain(|component| !component.is_empty());
    components
}

/// Puts those together that do not mind.
fn pack(script: &Script<'_>, components: Vec<Group>) -> Vec<Group> {
    let mut registered = vec![false; script.instances.len()];
    for step in &script.steps {
        registered[step.instance] |= matches!(step.action, Action::Register(_));
    }
    let mut groups = Vec::new();
    let mut shared = Group::new();
    let mut tables = 0;
    for component in components {
        let instances = || component.iter().map(|&number| &script.instances[number]);
        let needs_its_own = component.len() > 1
            || instances().any(|instance| instance.defines_memory)
            || component.iter().any(|&number| registered[number])
            || instances().flat_map(|instance| &instance.imports).any(|import| spectest::is_state(&import.name));
        if needs_its_own {
            groups.push(component);
            continue;
        }
        tables += instances().filter(|instance| instance.defines_table).count();
        shared.extend(component);
        if shared.len() >= UNLINKED || tables >= UNLINKED_TABLES {
            groups.push(std::mem::take(&mut shared));
            tables = 0;
        }
    }
    if !shared.is_empty() {
        groups.push(shared);
    }
    groups
}

/// Disjoint sets, each named by its lowest member.
struct Links {
    parents: Vec<usize>,
}

impl Links {
    fn root(&mut self, mut member: usize) -> usize {
        while self.parents[member] != member {
            self.parents[member] = self.parents[self.parents[member]];
            member = self.parents[member];
        }
        member
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b)] = a.min(b);
    }
}
