//! What a file holds, for people.

use std::fmt::Write;

use exodus_rs::{Block, Borrowable, EntityId, EntityType, Info, QaRecord, VariableInfo};

use super::{storage, Shown};
use crate::output::{bytes, plural};

/// Results that are listed before the rest is only counted.
const SHOWN: usize = 12;

/// What has no name.
const UNNAMED: &str = "unnamed";

pub fn text(shown: &Shown<'_>, long: bool) -> String {
    let (mut text, info) = (String::new(), shown.info);
    head(&mut text, shown);
    entities(&mut text, info);
    others(&mut text, info);
    results(&mut text, info);
    if !info.variables.is_empty() {
        borrowing(&mut text, info);
    }
    if long && !info.variables.is_empty() {
        variables(&mut text, &info.variables);
    }
    text
}

/// Appends a line; writing to a string cannot fail.
macro_rules! line {
    ($text:expr, $($part:tt)*) => {{ let _ = writeln!($text, $($part)*); }};
}

fn head(text: &mut String, shown: &Shown<'_>) {
    let Shown { name, group, info } = shown;
    let counts = &info.counts;
    line!(text, "{name}");
    if let Some(group) = group {
        line!(text, "  group       {group}");
    }
    if !counts.title.is_empty() {
        line!(text, "  title       {}", counts.title);
    }
    let version = |v: Option<f64>| v.map_or("unknown".to_owned(), |v| format!("{v:.2}"));
    line!(text, "  container   {}, {}", info.container.name(), bytes(info.size));
    line!(
        text,
        "  version     API {}, file {}, {}-byte reals",
        version(info.api_version),
        version(info.version),
        info.word_size
    );
    line!(
        text,
        "  mesh        {}, {}, {}",
        plural(counts.num_dim, "dimension"),
        plural(counts.num_nodes, "node"),
        plural(counts.num_elems, "element")
    );
    if counts.num_edges + counts.num_faces > 0 {
        line!(text, "              {}, {}", plural(counts.num_edges, "edge"), plural(counts.num_faces, "face"));
    }
    if info.num_processors > 0 {
        line!(text, "              decomposed for {}", plural(info.num_processors, "processor"));
    }
    line!(text, "  times       {}{}", plural(info.num_steps, "step"), times(&info.times));
    if info.whole_steps < info.num_steps {
        line!(text, "              cut off: {} whole", plural(info.whole_steps, "step"));
    }
    for qa in &info.qa_records {
        line!(text, "  made by     {}", made_by(qa));
    }
    if info.num_info_records > 0 {
        line!(text, "  information {}", plural(info.num_info_records, "line"));
    }
}

/// From when to when, as far as the times are numbers.
fn times(times: &[f64]) -> String {
    let mut numbers = times.iter().filter(|time| time.is_finite());
    let odd = times.len() - numbers.clone().count();
    match (numbers.next(), numbers.next_back(), odd) {
        (None, _, 0) => String::new(),
        (None, ..) => ", without a finite time".to_owned(),
        (Some(first), last, 0) => format!(", {first} to {}", last.unwrap_or(first)),
        (Some(first), last, odd) => {
            format!(", {first} to {}, {} without a finite time", last.unwrap_or(first), plural(odd as u64, "step"))
        }
    }
}

/// A program that touched the file, as far as it told.
fn made_by(qa: &QaRecord) -> String {
    let told = |parts: [&str; 2]| parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let program = told([&qa.code, &qa.version]);
    let program = if program.is_empty() { UNNAMED.to_owned() } else { program };
    match told([&qa.date, &qa.time]).as_str() {
        "" => program,
        when => format!("{program} ({when})"),
    }
}

fn entities(text: &mut String, info: &Info) {
    for (kind, blocks) in &info.blocks {
        line!(text, "  {}", plural(blocks.len() as u64, kind.label()));
        for block in blocks {
            let topology = if block.topology.is_empty() { UNNAMED } else { &block.topology };
            let attributes = and_some(block.attributes.len() as u64, "attribute");
            let called = called(block.id, &block.name);
            line!(text, "    {called}: {} x {topology} ({}){attributes}", block.len, shape(block));
        }
    }
    for (kind, sets) in &info.sets {
        line!(text, "  {}", plural(sets.len() as u64, kind.label()));
        for set in sets {
            let entries = if set.len == 1 { "1 entry".to_owned() } else { format!("{} entries", set.len) };
            let factors = and_some(set.num_factors, "distribution factor");
            line!(text, "    {}: {entries}{factors}", called(set.id, &set.name));
        }
    }
    for (kind, maps) in &info.maps {
        line!(text, "  {}", plural(maps.len() as u64, kind.label()));
        for map in maps {
            line!(text, "    {}", called(map.id, &map.name));
        }
    }
}

/// An identifier, and the name if there is one.
fn called(id: EntityId, name: &str) -> String {
    if name.is_empty() {
        id.to_string()
    } else {
        format!("{id} {name:?}")
    }
}

/// What comes after a comma, if there are any.
fn and_some(count: u64, thing: &str) -> String {
    if count > 0 {
        format!(", {}", plural(count, thing))
    } else {
        String::new()
    }
}

/// What one entry of a block consists of.
fn shape(block: &Block) -> String {
    match (block.is_uniform(), block.nodes_per_entry, block.faces_per_entry) {
        (true, nodes, _) => format!("{} each", plural(nodes, "node")),
        (false, 0, faces) => format!("{} in all", plural(faces, "face")),
        (false, nodes, _) => format!("{} in all", plural(nodes, "node")),
    }
}

/// Assemblies, blobs and coordinate frames.
fn others(text: &mut String, info: &Info) {
    for (kind, list) in &info.others {
        let count = match (kind, list.len()) {
            (EntityType::Assembly, count) if count != 1 => format!("{count} assemblies"),
            (kind, count) => plural(count as u64, kind.label()),
        };
        let list: Vec<String> = list.iter().map(|entity| called(entity.id, &entity.name)).collect();
        line!(text, "  {count}: {}", list.join(", "));
    }
    if info.num_frames > 0 {
        line!(text, "  {}", plural(info.num_frames as u64, "coordinate frame"));
    }
}

fn results(text: &mut String, info: &Info) {
    let variables = info.results.iter().map(|(kind, names)| (kind, names, "variable"));
    let reductions = info.reductions.iter().map(|(kind, names)| (kind, names, "reduction variable"));
    for (kind, names, what) in variables.chain(reductions) {
        let name = |name: &'_ String| if name.is_empty() { UNNAMED.to_owned() } else { name.clone() };
        let shown = names.iter().take(SHOWN).map(name).collect::<Vec<_>>().join(", ");
        let rest = if names.len() > SHOWN { format!(", and {} more", names.len() - SHOWN) } else { String::new() };
        line!(text, "  {}: {shown}{rest}", plural(names.len() as u64, &format!("{} {what}", kind.label())));
    }
    if !info.groups.is_empty() {
        line!(text, "  {}: {}", plural(info.groups.len() as u64, "group"), info.groups.join(", "));
    }
}

/// How much of the file can be used without a copy.
fn borrowing(text: &mut String, info: &Info) {
    let count = |wanted: fn(&Borrowable) -> bool| info.variables.iter().filter(|v| wanted(&v.borrowable)).count();
    let native = count(|b| *b == Borrowable::Native);
    let little = count(|b| *b == Borrowable::LittleEndian);
    let big = count(|b| *b == Borrowable::BigEndian);
    let copied = count(|b| matches!(b, Borrowable::No(_)));
    line!(text, "  borrowable  {native} of {} as native slices, {little} as little-endian, {big} as big-endian; {copied} are copied", plural(info.variables.len() as u64, "variable"));
}

fn variables(text: &mut String, variables: &[VariableInfo]) {
    line!(text, "  variables");
    for variable in variables {
        let axes = variable.dimensions.iter().zip(&variable.shape).map(|(name, length)| format!("{name}={length}"));
        let axes = axes.collect::<Vec<_>>().join(", ");
        line!(
            text,
            "    {} {}({axes}): {}; {}",
            variable.ty,
            variable.name,
            storage(&variable.storage),
            variable.borrowable.to_string()
        );
    }
}
