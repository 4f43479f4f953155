//! Values of options.

pub mod wish;

/// Three numbers.
#[derive(Debug, Clone, Copy)]
pub struct Triple(pub [f64; 3]);

/// A finite number.
pub fn factor(text: &str) -> Result<f64, String> {
    let number: f64 = text.trim().parse().map_err(|_| format!("{text:?} is no number"))?;
    number.is_finite().then_some(number).ok_or_else(|| format!("{number} is not a finite number"))
}

/// Bytes of a floating-point number.
pub fn word_size(text: &str) -> Result<u8, String> {
    match text {
        "4" => Ok(4),
        "8" => Ok(8),
        _ => Err("4 or 8 is needed".to_owned()),
    }
}

fn numbers(text: &str) -> Result<Vec<f64>, String> {
    text.split(',').map(factor).collect()
}

/// Two numbers are those of the plane.
fn each(numbers: &[f64], rest: f64) -> Result<Triple, String> {
    match *numbers {
        [x, y, z] => Ok(Triple([x, y, z])),
        [x, y] => Ok(Triple([x, y, rest])),
        _ => Err(format!("{} numbers where two or three are needed: X,Y,Z", numbers.len())),
    }
}

pub fn offsets(text: &str) -> Result<Triple, String> {
    each(&numbers(text)?, 0.0)
}

pub fn factors(text: &str) -> Result<Triple, String> {
    match numbers(text)?.as_slice() {
        &[all] => Ok(Triple([all; 3])),
        several => each(several, 1.0),
    }
}

pub fn field(text: &str) -> Result<(String, f64), String> {
    let (name, number) = text.rsplit_once('=').ok_or("NAME=F is needed")?;
    Ok((name.to_owned(), factor(number)?))
}

pub fn threads(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count @ 1..=1024) => Ok(count),
        _ => Err("a number from 1 to 1024 is needed".into()),
    }
}
