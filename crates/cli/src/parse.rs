//! Values of options.

/// Three numbers.
#[derive(Debug, Clone, Copy)]
pub struct Triple(pub [f64; 3]);

fn numbers(text: &str) -> Result<Vec<f64>, String> {
    text.split(',').map(|part| part.trim().parse().map_err(|_| format!("{part:?} is no number"))).collect()
}

pub fn three(text: &str) -> Result<Triple, String> {
    match numbers(text)?.as_slice() {
        &[x, y, z] => Ok(Triple([x, y, z])),
        other => Err(format!("{} numbers where three are needed: X,Y,Z", other.len())),
    }
}

pub fn one_or_three(text: &str) -> Result<Triple, String> {
    match numbers(text)?.as_slice() {
        &[all] => Ok(Triple([all; 3])),
        _ => three(text),
    }
}

pub fn field(text: &str) -> Result<(String, f64), String> {
    let (name, factor) = text.rsplit_once('=').ok_or("NAME=F is needed")?;
    let factor = factor.parse().map_err(|_| format!("{factor:?} is no number"))?;
    Ok((name.to_owned(), factor))
}

pub fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=1024) => Ok(count),
        _ => Err("a number from 1 to 1024 is needed".into()),
    }
}
