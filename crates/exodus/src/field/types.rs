//! What the components of a field are: one table.

/// The type of a field, as `Field@…@type` numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // a name says what it is; the components are in the table
pub enum FieldType {
    UserDefined,
    Sequence,
    Basis,
    Quadrature,
    Scalar,
    Vector1D,
    Vector2D,
    Vector3D,
    Quaternion2D,
    Quaternion3D,
    FullTensor36,
    FullTensor32,
    FullTensor22,
    FullTensor16,
    FullTensor12,
    SymTensor33,
    SymTensor31,
    SymTensor21,
    SymTensor13,
    SymTensor11,
    SymTensor10,
    AsymTensor03,
    AsymTensor02,
    AsymTensor01,
    Matrix2x2,
    Matrix3x3,
}

/// Number, name and components of every type. A tensor's two digits are its diagonal and its other components.
const TABLE: [(FieldType, &str, &str); 26] = [
    (FieldType::UserDefined, "user defined", ""),
    (FieldType::Sequence, "sequence", ""),
    (FieldType::Basis, "basis", ""),
    (FieldType::Quadrature, "quadrature", ""),
    (FieldType::Scalar, "scalar", ""),
    (FieldType::Vector1D, "vector 1D", "X"),
    (FieldType::Vector2D, "vector 2D", "X Y"),
    (FieldType::Vector3D, "vector 3D", "X Y Z"),
    (FieldType::Quaternion2D, "quaternion 2D", "S Q"),
    (FieldType::Quaternion3D, "quaternion 3D", "X Y Z Q"),
    (FieldType::FullTensor36, "full tensor 36", "XX YY ZZ XY YZ ZX YX ZY XZ"),
    (FieldType::FullTensor32, "full tensor 32", "XX YY ZZ XY YX"),
    (FieldType::FullTensor22, "full tensor 22", "XX YY XY YX"),
    (FieldType::FullTensor16, "full tensor 16", "XX XY YZ ZX YX ZY XZ"),
    (FieldType::FullTensor12, "full tensor 12", "XX XY YX"),
    (FieldType::SymTensor33, "symmetric tensor 33", "XX YY ZZ XY YZ ZX"),
    (FieldType::SymTensor31, "symmetric tensor 31", "XX YY ZZ XY"),
    (FieldType::SymTensor21, "symmetric tensor 21", "XX YY XY"),
    (FieldType::SymTensor13, "symmetric tensor 13", "XX XY YZ ZX"),
    (FieldType::SymTensor11, "symmetric tensor 11", "XX XY"),
    (FieldType::SymTensor10, "symmetric tensor 10", "XX"),
    (FieldType::AsymTensor03, "asymmetric tensor 03", "XY YZ ZX"),
    (FieldType::AsymTensor02, "asymmetric tensor 02", "XY YZ"),
    (FieldType::AsymTensor01, "asymmetric tensor 01", "XY"),
    (FieldType::Matrix2x2, "matrix 2x2", "11 12 21 22"),
    (FieldType::Matrix3x3, "matrix 3x3", "11 12 13 21 22 23 31 32 33"),
];

impl FieldType {
    /// The type that a file numbers so.
    pub fn from_code(code: i64) -> Option<Self> {
        let index = usize::try_from(code).ok()?.checked_sub(1)?;
        TABLE.get(index).map(|row| row.0)
    }

    /// The number in files.
    pub fn code(self) -> i32 {
        TABLE.iter().zip(1..).find(|(row, _)| row.0 == self).map_or(0, |(_, code)| code)
    }

    /// The name.
    pub fn name(self) -> &'static str {
        TABLE.iter().find(|row| row.0 == self).map_or("", |row| row.1)
    }

    /// The type with a name.
    pub fn from_name(name: &str) -> Option<Self> {
        TABLE.iter().find(|row| row.1 == name).map(|row| row.0)
    }

    /// The suffixes of the components; none for a scalar and for the types whose number of components is said elsewhere.
    pub fn suffixes(self) -> impl Iterator<Item = &'static str> {
        TABLE.iter().find(|row| row.0 == self).map_or("", |row| row.2).split_whitespace()
    }

    /// The number of components; `None` for the types where it is said elsewhere.
    pub fn cardinality(self) -> Option<usize> {
        match (self, self.suffixes().count()) {
            (FieldType::Scalar, _) => Some(1),
            (_, 0) => None,
            (_, count) => Some(count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_is_at_its_number() {
        for (code, (ty, name, _)) in (1i64..).zip(TABLE) {
            assert_eq!(FieldType::from_code(code), Some(ty));
            assert_eq!(i64::from(ty.code()), code);
            assert_eq!(FieldType::from_name(name), Some(ty));
            assert_eq!(ty.name(), name);
        }
        assert_eq!((FieldType::from_code(0), FieldType::from_code(27)), (None, None));
        assert_eq!((FieldType::Vector3D.code(), FieldType::SymTensor33.code()), (8, 16));
    }

    #[test]
    fn the_digits_of_a_tensor_are_its_diagonal_and_its_other_components() {
        for (ty, name, suffixes) in TABLE.iter().filter(|row| row.1.contains("tensor")) {
            let digits: Vec<usize> = name.bytes().rev().take(2).map(|digit| usize::from(digit - b'0')).collect();
            let diagonal = suffixes.split(' ').filter(|s| s.as_bytes()[0] == s.as_bytes()[1]).count();
            assert_eq!((diagonal, ty.cardinality().unwrap() - diagonal), (digits[1], digits[0]), "{name}");
        }
        assert_eq!((FieldType::Scalar.cardinality(), FieldType::Basis.cardinality()), (Some(1), None));
    }
}
