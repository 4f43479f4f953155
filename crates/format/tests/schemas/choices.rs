//! Decisions out of bytes: what shrinks the bytes shrinks the case, and no bytes is the simplest one.

/// A source of decisions; when its bytes are used up, it always takes the first of the possibilities.
pub struct Choices(std::vec::IntoIter<u8>);

impl Choices {
    pub fn new(bytes: Vec<u8>) -> Self {
        Choices(bytes.into_iter())
    }

    fn byte(&mut self) -> u8 {
        self.0.next().unwrap_or(0)
    }

    /// A number below another (at most 256).
    pub fn below(&mut self, end: usize) -> usize {
        usize::from(self.byte()) % end.max(1)
    }

    /// True in so many of a hundred cases.
    pub fn chance(&mut self, percent: u16) -> bool {
        u16::from(self.byte()) * 100 > (100 - percent) * 255
    }

    /// One of these.
    pub fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    /// Numbers that follow from two bytes, as many as are wanted: values, which need not be shrunk.
    pub fn stream(&mut self) -> Stream {
        Stream(u64::from(self.byte()) << 8 | u64::from(self.byte()))
    }
}

/// SplitMix64.
pub struct Stream(u64);

impl Iterator for Stream {
    type Item = u64;

    fn next(&mut self) -> Option<u64> {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ z >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        Some(z ^ z >> 31)
    }
}

impl Stream {
    pub fn draw(&mut self) -> u64 {
        self.next().unwrap_or(0)
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.draw() % end.max(1)
    }
}
