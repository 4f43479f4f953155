//! What `exo edit` takes.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

#[derive(Debug, Args)]
#[command(
    after_help = "One call is one transaction: readers find all of its edits, or none, whenever they look. --then comes between several \
    edits, as in\n\n  exo edit a.exo title 'Run 7' --then attr set / source 'test rig'\n\n\
    OBJECT is the path of a variable or a group; / is the file. A classic file whose header has no room for an edit, and an \
    HDF5 file with a user block, pages or persistent free space, are written anew and take the place of the old one in one step; \
    others are changed where they are. What is written anew is another file: hard links to the old one keep that. \
    Once edits are being published in place, they are so to the end: no signal stops them. A file that is being written anew can be \
    interrupted; the old one stays."
)]
pub struct Edit {
    /// Say what would be done, and how, and do nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Print nothing but errors
    #[arg(short, long)]
    pub quiet: bool,
    /// Change the model in this group, not that of the file; paths of objects start at the file
    #[arg(long, value_name = "GROUP")]
    pub group: Option<String>,
    /// The file
    pub file: PathBuf,
    /// attr set|delete|rename, rename, delete, title, qa add or info add, with what it needs; 'exo edit FILE help' lists them
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub command: Vec<String>,
}

/// One edit.
#[derive(Debug, Parser)]
#[command(name = "exo edit FILE", no_binary_name = true, max_term_width = 100, disable_version_flag = true)]
pub struct One {
    #[command(subcommand)]
    pub edit: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Change the attributes of the file, a group or a variable
    #[command(subcommand)]
    Attr(Attr),
    /// Give something another name
    Rename {
        /// What it is
        #[arg(value_enum)]
        what: Named,
        /// The name that it has, or the path
        old: String,
        /// The name that it gets
        new: String,
    },
    /// Take a variable, a dimension, a group with all that is in it, or a type away
    Delete {
        /// What it is
        #[arg(value_enum)]
        what: Deleted,
        /// The path
        path: String,
    },
    /// Change the QA records of an Exodus file
    #[command(subcommand)]
    Qa(Qa),
    /// Change the lines of information of an Exodus file
    #[command(subcommand)]
    Info(Info),
    /// Set the title of an Exodus file
    Title {
        /// At most 80 bytes
        title: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Attr {
    /// Give an attribute a value, in place of the one that it has
    Set {
        /// The path of a variable or a group; / is the file
        object: String,
        /// The name of the attribute
        name: String,
        /// One text, or numbers
        #[arg(required = true, allow_negative_numbers = true)]
        values: Vec<String>,
        /// The type; that of the old value, or else int or double for numbers and char for text
        #[arg(long = "type", value_enum)]
        ty: Option<AttrType>,
    },
    /// Take an attribute away
    Delete {
        /// The path of a variable or a group; / is the file
        object: String,
        /// The name of the attribute
        name: String,
    },
    /// Give an attribute another name
    Rename {
        /// The path of a variable or a group; / is the file
        object: String,
        /// The name that it has
        old: String,
        /// The name that it gets
        new: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Qa {
    /// Add a QA record behind those that are there
    Add {
        /// The program
        code: String,
        /// Its version
        version: String,
        /// When; today by default, as YYYY/MM/DD in UTC
        date: Option<String>,
        /// At what time; now by default, as HH:MM:SS in UTC
        time: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub enum Info {
    /// Add a line of text behind those that are there
    Add {
        /// At most 80 bytes
        text: String,
    },
}

/// What has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Named {
    /// A variable of netCDF
    Variable,
    /// A dimension of netCDF
    Dimension,
    /// A group
    Group,
    /// A user-defined type of netCDF-4
    Type,
    /// An element block of an Exodus file
    Block,
    /// An edge block
    EdgeBlock,
    /// A face block
    FaceBlock,
    /// A node set
    NodeSet,
    /// An edge set
    EdgeSet,
    /// A face set
    FaceSet,
    /// A side set
    SideSet,
    /// An element set
    ElementSet,
    /// A node map
    NodeMap,
    /// An edge map
    EdgeMap,
    /// A face map
    FaceMap,
    /// An element map
    ElementMap,
    /// An assembly
    Assembly,
    /// A blob
    Blob,
    /// A nodal variable of an Exodus file
    Nodal,
    /// A global variable
    Global,
    /// A variable of element blocks
    OnBlocks,
    /// A variable of edge blocks
    OnEdgeBlocks,
    /// A variable of face blocks
    OnFaceBlocks,
    /// A variable of node sets
    OnNodeSets,
    /// A variable of edge sets
    OnEdgeSets,
    /// A variable of face sets
    OnFaceSets,
    /// A variable of side sets
    OnSideSets,
    /// A variable of element sets
    OnElementSets,
    /// A variable of assemblies
    OnAssemblies,
    /// A variable of blobs
    OnBlobs,
}

/// What can be taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Deleted {
    /// A variable of netCDF
    Variable,
    /// A dimension that no variable has
    Dimension,
    /// A group, with all that is in it
    Group,
    /// A user-defined type that nothing is of
    Type,
}

/// The type of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AttrType {
    Char,
    String,
    Byte,
    Short,
    Int,
    Int64,
    Ubyte,
    Ushort,
    Uint,
    Uint64,
    Float,
    Double,
}
