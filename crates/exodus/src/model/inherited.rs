//! What a model has that is made of another one, or points to it.

/// What a model has as another one that it is made of has it.
macro_rules! inherited {
    ($this:ident => $other:expr) => {
        fn shape(&$this, data: $crate::data::Data) -> Option<Vec<u64>> {
            $other.shape(data)
        }

        fn number_type(&$this, data: $crate::data::Data) -> Option<hyperslab::NumberType> {
            $other.number_type(data)
        }

        fn num_steps(&$this) -> u64 {
            $other.num_steps()
        }

        fn check_complete(&$this) -> hyperslab::Result<()> {
            $other.check_complete()
        }

        fn check_steps(&$this) -> hyperslab::Result<()> {
            $other.check_steps()
        }

        fn disagreement(&$this, data: $crate::data::Data) -> hyperslab::Result<Option<u64>> {
            $other.disagreement(data)
        }

        fn id_map(&$this, kind: $crate::kind::EntityType) -> hyperslab::Result<Vec<i64>> {
            $other.id_map(kind)
        }

        fn missing(&$this, data: $crate::data::Data) -> Vec<hyperslab::Number> {
            $other.missing(data)
        }

        fn unit(&$this) -> u64 {
            $other.unit()
        }

        fn origin(&$this, data: $crate::data::Data) -> Option<&hyperslab::netcdf::Variable> {
            $other.origin(data)
        }

        fn file(&$this) -> Option<&$crate::read::file::ExodusFile> {
            $other.file()
        }

        fn create_options(&$this) -> $crate::create::CreateOptions {
            $other.create_options()
        }
    };
}
pub(super) use inherited;
