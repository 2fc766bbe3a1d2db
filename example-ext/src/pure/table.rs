//! Reading CSV files.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use csv::{ErrorKind, StringRecord};

/// Why a file could not be read as a table.
#[derive(Debug)]
pub enum TableError {
    /// The file could not be read.
    Io(PathBuf, io::Error),
    /// It is no table: rows of different lengths, or not UTF-8.
    Malformed(PathBuf, csv::Error),
    /// It has no such column.
    NoColumn(PathBuf, String),
    /// A field is no number; the row, counted from 1 after the header, and the field.
    NoNumber(PathBuf, u64, String),
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(path, error) => write!(f, "cannot read {}: {error}", path.display()),
            Self::Malformed(path, error) => write!(f, "{} is no table: {error}", path.display()),
            Self::NoColumn(path, column) => write!(f, "{} has no column {column:?}", path.display()),
            Self::NoNumber(path, row, field) => write!(f, "row {row} of {}: {field:?} is no number", path.display()),
        }
    }
}

impl std::error::Error for TableError {}

/// A file, opened, of which the header was read.
pub struct Table {
    path: PathBuf,
    header: StringRecord,
    reader: csv::Reader<std::fs::File>,
}

impl Table {
    /// Opens a file whose first line names the columns.
    pub fn open(path: &Path, delimiter: u8) -> Result<Self, TableError> {
        let fault = |error| from_csv(path, error);
        let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_path(path).map_err(fault)?;
        let header = reader.headers().map_err(fault)?.clone();
        Ok(Self { path: path.to_owned(), header, reader })
    }

    /// The names of the columns.
    pub fn header(&self) -> &StringRecord {
        &self.header
    }

    /// The next rows, at most `most`; none at the end.
    pub fn next_rows(&mut self, most: usize) -> Result<Vec<StringRecord>, TableError> {
        self.reader.records().take(most).collect::<Result<_, _>>().map_err(|error| from_csv(&self.path, error))
    }

    /// The rest of a column as numbers, blanks around them ignored.
    pub fn numbers(&mut self, column: &str) -> Result<Vec<f64>, TableError> {
        let Some(index) = self.header.iter().position(|name| name == column) else {
            return Err(TableError::NoColumn(self.path.clone(), column.to_owned()));
        };
        let mut numbers = Vec::new();
        // One record is read into again and again.
        let mut record = StringRecord::new();
        while self.reader.read_record(&mut record).map_err(|error| from_csv(&self.path, error))? {
            let field = record.get(index).unwrap_or_default();
            let number = field.trim().parse();
            numbers.push(number.map_err(|_| TableError::NoNumber(self.path.clone(), numbers.len() as u64 + 1, field.to_owned()))?);
        }
        Ok(numbers)
    }
}

fn from_csv(path: &Path, error: csv::Error) -> TableError {
    if !error.is_io_error() {
        return TableError::Malformed(path.to_owned(), error);
    }
    match error.into_kind() {
        ErrorKind::Io(error) => TableError::Io(path.to_owned(), error),
        other => TableError::Io(path.to_owned(), io::Error::other(format!("{other:?}"))),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fs;

    use super::*;

    /// A file that is gone at the end of the test. The crate tempfile would turn on features of what reqwest shares with it, and cargo
    /// would build half of the dependencies once for the tests and once for the wheel.
    pub(crate) struct File(pub(crate) PathBuf);

    impl File {
        /// `name` has to be unique among the tests.
        pub(crate) fn new(name: &str, text: &[u8]) -> Self {
            let path = std::env::temp_dir().join(format!("example-ext-{}-{name}.csv", std::process::id()));
            fs::write(&path, text).unwrap();
            Self(path)
        }

        fn open(&self, delimiter: u8) -> Table {
            Table::open(&self.0, delimiter).unwrap()
        }
    }

    impl Drop for File {
        fn drop(&mut self) {
            fs::remove_file(&self.0).unwrap();
        }
    }

    #[test]
    fn rows_come_in_portions() {
        let file = File::new("portions", b"name,size\nant,1\n\"bee, or wasp\",2\ncat,30\n");
        let mut table = file.open(b',');
        assert_eq!(table.header(), &["name", "size"][..]);
        let portion = table.next_rows(2).unwrap();
        assert_eq!(portion[1], ["bee, or wasp", "2"][..]);
        assert_eq!(table.next_rows(2).unwrap().len(), 1);
        assert!(table.next_rows(2).unwrap().is_empty());
    }

    #[test]
    fn a_column_is_numbers_or_says_which_is_none() {
        let file = File::new("column", b"name;size\nant; 1.5\nbee;many\n");
        let fault = |column| file.open(b';').numbers(column).unwrap_err();
        assert!(matches!(fault("size"), TableError::NoNumber(_, 2, field) if field == "many"));
        assert!(matches!(fault("weight"), TableError::NoColumn(_, column) if column == "weight"));
    }

    #[test]
    fn what_is_no_table_is_told_from_what_cannot_be_read() {
        assert!(matches!(Table::open(Path::new("no such file"), b','), Err(TableError::Io(..))));
        let ragged = File::new("ragged", b"a,b\n1\n");
        assert!(matches!(ragged.open(b',').next_rows(9), Err(TableError::Malformed(..))));
        let latin1 = File::new("latin1", b"a\n\xe4\n");
        assert!(matches!(latin1.open(b',').next_rows(9), Err(TableError::Malformed(..))));
    }
}
