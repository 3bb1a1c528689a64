//! `trials.parquet`: a row for each trial, for questions of one's own.
//!
//! The only file that imports the Parquet library. Columns are written one after another and groups of rows to the disk as they
//! are full, so that a run of millions of trials takes no more memory than one group.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type};
use parquet::errors::Result;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::Type;
use serde::Serialize;

use super::json::escaped;
use crate::analysis::{Column, Forecast, Kind, Samples, Values};
use crate::calendar::Date;

/// Characters of a name that come from the scenario; what is longer is cut, and whole in the file's metadata.
const NAME_SHOWN: usize = 120;

/// What the file's metadata says of a column.
#[derive(Serialize)]
struct Says<'a> {
    name: &'a str,
    tells: &'a str,
    of: &'a [String],
    unit: &'a str,
    meaning: &'a str,
}

/// Writes the samples of the run that `forecast` tells of. The same samples give the same bytes.
///
/// Columns: see [`Samples`]. No two names are equal, in capitals or small letters; what is neither a letter nor a digit nor `-` nor
/// `_` is `_` in them. The file's metadata has, under `sim.columns`, what each column tells and in which unit, and the run's
/// scenario, seed and number of trials.
///
/// # Errors
/// Where `out` cannot be written.
pub fn trials_parquet(samples: &Samples<'_>, forecast: &Forecast, out: &mut (impl Write + Send)) -> io::Result<()> {
    write(samples, forecast, out).map_err(|error| match error {
        parquet::errors::ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(cause) => io::Error::other(cause),
        },
        other => io::Error::other(other),
    })
}

fn write(samples: &Samples<'_>, forecast: &Forecast, out: &mut (impl Write + Send)) -> Result<()> {
    let names = names(samples.columns());
    let fields = samples.columns().iter().zip(&names).map(|(column, name)| field(column, name));
    let schema = Type::group_type_builder("trials")
        .with_fields(fields.collect::<Result<_>>()?)
        .build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        // Nobody looks for single pages in a file that is read whole.
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .set_key_value_metadata(Some(metadata(samples, forecast, &names)))
        .build();
    let mut file = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
    for futures in samples.groups() {
        let mut group = file.next_row_group()?;
        let mut columns = samples.columns().iter();
        while let Some(mut writer) = group.next_column()? {
            if let Some(column) = columns.next() {
                fill(&mut writer, column, samples.values(column, &futures))?;
            }
            writer.close()?;
        }
        group.close()?;
    }
    file.close()?;
    Ok(())
}

fn field(column: &Column, name: &str) -> Result<Arc<Type>> {
    let (physical, logical) = match column.kind {
        Kind::Whole => (Physical::INT32, None),
        Kind::Number => (Physical::DOUBLE, None),
        Kind::Day => (Physical::INT32, Some(LogicalType::Date)),
        Kind::Word => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Flag => (Physical::BOOLEAN, None),
    };
    let repetition = if column.is_optional {
        Repetition::OPTIONAL
    } else {
        Repetition::REQUIRED
    };
    Type::primitive_type_builder(name, physical)
        .with_repetition(repetition)
        .with_logical_type(logical)
        .build()
        .map(Arc::new)
}

fn fill(writer: &mut SerializedColumnWriter<'_>, column: &Column, values: Values) -> Result<()> {
    let days = |date: Date| Date::new(1970, 1, 1).map_or(0, |epoch| date.days_since(epoch)) as i32;
    match values {
        Values::Whole(values) => put::<Int32Type, _>(writer, column, values, |value| value),
        Values::Number(values) => put::<DoubleType, _>(writer, column, values, |value| value),
        Values::Day(values) => put::<Int32Type, _>(writer, column, values, days),
        Values::Word(values) => put::<ByteArrayType, _>(writer, column, values, |word: &str| ByteArray::from(word)),
        Values::Flag(values) => put::<BoolType, _>(writer, column, values, |value| value),
    }
}

/// Writes the values that are there, and for a column in which some may be missing which are.
fn put<T: DataType, V>(
    writer: &mut SerializedColumnWriter<'_>,
    column: &Column,
    values: Vec<Option<V>>,
    written: impl Fn(V) -> T::T,
) -> Result<()> {
    let there: Option<Vec<i16>> = column
        .is_optional
        .then(|| values.iter().map(|value| i16::from(value.is_some())).collect());
    let values: Vec<T::T> = values.into_iter().flatten().map(written).collect();
    writer.typed::<T>().write_batch(&values, there.as_deref(), None)?;
    Ok(())
}

/// The names of the columns, each once; also for those to whom capitals and small letters are the same.
fn names(columns: &[Column]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let name = |column: &Column| {
        let of = column.of.iter().flat_map(|part| ["_", part]).collect::<String>();
        let safe = of
            .chars()
            .take(NAME_SHOWN)
            .map(|c| if c.is_alphanumeric() || c == '-' { c } else { '_' });
        let whole: String = column.tells.chars().chain(safe).collect();
        let mut name = whole.clone();
        let mut count = 1;
        while !taken.insert(name.to_lowercase()) {
            count += 1;
            name = format!("{whole}_{count}");
        }
        name
    };
    columns.iter().map(name).collect()
}

fn metadata(samples: &Samples<'_>, forecast: &Forecast, names: &[String]) -> Vec<KeyValue> {
    let says: Vec<Says<'_>> = samples
        .columns()
        .iter()
        .zip(names)
        .map(|(column, name)| Says {
            name,
            tells: column.tells,
            of: &column.of,
            unit: column.unit,
            meaning: &column.meaning,
        })
        .collect();
    let json = |value: serde_json::Result<String>| escaped(&value.unwrap_or_default());
    let pairs = [
        ("sim.engine_version", forecast.engine_version.clone()),
        ("sim.scenario", json(serde_json::to_string(&forecast.scenario))),
        ("sim.seed", forecast.seed.to_string()),
        ("sim.trials", samples.count().to_string()),
        ("sim.partial", forecast.partial.to_string()),
        ("sim.start", forecast.start.to_string()),
        ("sim.horizon", forecast.horizon.to_string()),
        ("sim.columns", json(serde_json::to_string(&says))),
    ];
    pairs.map(|(key, value)| KeyValue::new(key.to_owned(), value)).into()
}
