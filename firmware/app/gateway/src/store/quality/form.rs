//! The database's form and its statements.

use std::path::Path;

use model::api::{CallLeg, QualitySecond};
use rusqlite::{Connection, params};

use super::sample::{self, Packed};

const FORM: &str = "
CREATE TABLE IF NOT EXISTS quality (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call INTEGER NOT NULL,
    leg INTEGER NOT NULL,
    written_at INTEGER NOT NULL,
    first INTEGER NOT NULL,
    samples BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS quality_call ON quality (call);
";

/// Rows removed at once when there is too much, of the oldest.
const STEP: i64 = 1_000;

/// Opens the database. A commit may be lost by a power failure, the database not.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    connection.pragma_update(None, "cache_size", -256)?;
    connection.execute_batch(FORM)?;
    Ok(connection)
}

/// Adds a row.
pub(super) fn insert(
    connection: &Connection,
    (call, leg): (u64, CallLeg),
    written_at: i64,
    first: u32,
    samples: &[Packed],
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO quality (call, leg, written_at, first, samples) VALUES (?1, ?2, ?3, ?4, ?5)";
    let call = i64::try_from(call).unwrap_or(i64::MAX);
    let values = params![call, leg == CallLeg::To, written_at, first, samples.as_flattened()];
    connection.prepare_cached(sql)?.execute(values).map(drop)
}

/// Everything of a call, of its incoming leg first, in the order it came.
pub(super) fn of_call(connection: &Connection, call: u64) -> rusqlite::Result<Vec<QualitySecond>> {
    let mut statement = connection.prepare("SELECT leg, first, samples FROM quality WHERE call = ?1 ORDER BY leg, id")?;
    let call = i64::try_from(call).unwrap_or(i64::MAX);
    let rows = statement.query_map([call], |row| {
        let leg = if row.get::<_, bool>(0)? { CallLeg::To } else { CallLeg::From };
        Ok((leg, row.get::<_, u32>(1)?, row.get::<_, Vec<u8>>(2)?))
    })?;
    let mut seconds = Vec::new();
    for row in rows {
        let (leg, first, octets) = row?;
        let packed = octets.as_chunks::<{ size_of::<Packed>() }>().0.iter();
        seconds.extend((first..).zip(packed).map(|(second, packed)| sample::unpack(leg, second, *packed)));
    }
    Ok(seconds)
}

/// Removes what was written before `oldest`, and the oldest rows while the database holds more than `most` octets.
pub(super) fn sweep(connection: &Connection, oldest: i64, most: i64) -> rusqlite::Result<()> {
    // Rows were written in the order of their numbers.
    let sql =
        "DELETE FROM quality WHERE id < coalesce((SELECT min(id) FROM quality WHERE written_at >= ?1), 9223372036854775807)";
    connection.execute(sql, [oldest])?;
    while used(connection)? > most {
        let sql = "DELETE FROM quality WHERE id IN (SELECT id FROM quality ORDER BY id LIMIT ?1)";
        if connection.execute(sql, [STEP])? == 0 {
            break;
        }
    }
    Ok(())
}

/// Octets in use; pages that are free are used again, so that the file does not grow beyond.
fn used(connection: &Connection) -> rusqlite::Result<i64> {
    let figure = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    Ok((figure("page_count")? - figure("freelist_count")?) * figure("page_size")?)
}
