//! The words of a line.

/// What is left of a line, taken word by word.
#[derive(Debug, Clone)]
pub(super) struct Words<'l> {
    rest: &'l str,
}

impl<'l> Words<'l> {
    pub(super) fn new(line: &'l str) -> Self {
        Words { rest: line }
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'l str {
        self.rest
    }

    /// The next word as it is written; quotes keep blanks together, `#` ends the line.
    pub(super) fn raw(&mut self) -> Option<&'l str> {
        self.rest = self.rest.trim_start_matches(is_blank);
        if self.rest.is_empty() || self.rest.starts_with('#') {
            return None;
        }
        let (word, rest) = match self.rest.strip_prefix('"').and_then(|rest| rest.split_once('"')) {
            Some(quoted) => quoted,
            None => self.rest.split_at(self.rest.find(is_blank).unwrap_or(self.rest.len())),
        };
        self.rest = rest;
        Some(word)
    }

    /// The next word in lower case.
    pub(super) fn word(&mut self) -> Option<String> {
        self.raw().map(str::to_ascii_lowercase)
    }

    /// The next word, commas and all.
    pub(super) fn list(&mut self) -> Option<&'l str> {
        let rest = self.rest.trim_start_matches(is_blank);
        let (word, rest) = rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len()));
        self.rest = rest;
        Some(word).filter(|word| !word.is_empty() && !word.starts_with('#'))
    }

    /// Takes the next word if it is an abbreviation of `whole`, of at least `least` letters.
    pub(super) fn take(&mut self, whole: &str, least: usize) -> bool {
        let mut ahead = self.clone();
        let found = ahead.word().is_some_and(|word| is_short_for(&word, whole, least));
        if found {
            *self = ahead;
        }
        found
    }
}

fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '=' || c == ','
}

/// Whether a word in lower case is the beginning of `whole`, of at least `least` letters.
pub(super) fn is_short_for(word: &str, whole: &str, least: usize) -> bool {
    word.len() >= least && whole.starts_with(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_end_at_blanks_commas_and_comments() {
        let mut words = Words::new("  Nodal\tVARIABLES= 1e-3, \"a b\" # the rest");
        assert_eq!(words.word().unwrap(), "nodal");
        assert!(!words.take("variables", 10));
        assert!(words.take("variables", 3));
        assert_eq!(words.raw(), Some("1e-3"));
        assert_eq!(words.raw(), Some("a b"));
        assert_eq!(words.raw(), None);
    }

    #[test]
    fn abbreviations_have_a_least_length() {
        assert!(is_short_for("var", "variables", 3));
        assert!(!is_short_for("va", "variables", 3));
        assert!(!is_short_for("variablesx", "variables", 3));
    }
}
