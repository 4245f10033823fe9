//! The database's form and its statements. A record is kept whole as JSON beside the columns that are searched.

use std::path::Path;

use model::api::CallRecord;
use rusqlite::{Connection, OptionalExtension, params};

/// `user_version` of the form below; a later form migrates from it.
const VERSION: i32 = 2;

/// Page cache of a connection; negative means KiB (SQLite `PRAGMA cache_size`).
const CACHE_KIB: i32 = -256;

const FORM: &str = "
CREATE TABLE IF NOT EXISTS call_record (
    id INTEGER PRIMARY KEY,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    calling TEXT NOT NULL,
    called TEXT NOT NULL,
    cause INTEGER NOT NULL,
    record TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS call_record_started_at ON call_record (started_at);
CREATE TABLE IF NOT EXISTS out_at_far_end (
    span TEXT PRIMARY KEY,
    timeslots TEXT NOT NULL
);
";

/// Opens the database in write-ahead mode; a commit is on the disk when it returns.
pub(super) fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    // Records are written once and seldom read: SQLite's 2 MB of page cache would only let memory grow for thousands of calls.
    connection.pragma_update(None, "cache_size", CACHE_KIB)?;
    let version: i32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    if version < VERSION {
        connection.execute_batch(FORM)?;
        connection.pragma_update(None, "user_version", VERSION)?;
    }
    Ok(connection)
}

/// Stores records in one transaction. Storing a record again replaces it, so a retry after a doubtful commit is harmless.
pub(super) fn insert<'a>(connection: &mut Connection, records: impl Iterator<Item = &'a CallRecord>) -> rusqlite::Result<()> {
    let transaction = connection.transaction()?;
    {
        let sql = "INSERT OR REPLACE INTO call_record (id, started_at, ended_at, calling, called, cause, record) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let mut statement = transaction.prepare_cached(sql)?;
        for record in records {
            let whole =
                serde_json::to_string(record).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
            let id = i64::try_from(record.id).unwrap_or(i64::MAX);
            statement.execute(params![
                id,
                record.started_at,
                record.ended_at,
                record.calling,
                record.called,
                record.cause,
                whole
            ])?;
        }
    }
    transaction.commit()
}

/// One above the highest number stored.
pub(super) fn next_call(connection: &Connection) -> rusqlite::Result<u64> {
    let highest: Option<i64> = connection.query_row("SELECT max(id) FROM call_record", [], |row| row.get(0))?;
    Ok(u64::try_from(highest.unwrap_or(0)).unwrap_or(0) + 1)
}

/// The last records by number, newest first.
pub(super) fn last(connection: &Connection, limit: u32) -> rusqlite::Result<Vec<CallRecord>> {
    let mut statement = connection.prepare("SELECT record FROM call_record ORDER BY id DESC LIMIT ?1")?;
    let rows = statement.query_map([limit], |row| row.get::<_, String>(0))?;
    rows.map(|row| row.and_then(|text| parse(&text))).collect()
}

/// One record.
pub(super) fn record(connection: &Connection, id: u64) -> rusqlite::Result<Option<CallRecord>> {
    let id = i64::try_from(id).unwrap_or(i64::MAX);
    let text =
        connection.query_row("SELECT record FROM call_record WHERE id = ?1", [id], |row| row.get::<_, String>(0)).optional()?;
    text.map(|text| parse(&text)).transpose()
}

/// Puts down which timeslots of a span its far end has out of service, in place of what was there.
pub(super) fn keep_out_at_far_end(connection: &Connection, span: &str, timeslots: &[u8]) -> rusqlite::Result<()> {
    let listed: Vec<String> = timeslots.iter().map(u8::to_string).collect();
    let sql = "INSERT OR REPLACE INTO out_at_far_end (span, timeslots) VALUES (?1, ?2)";
    connection.execute(sql, params![span, listed.join(" ")]).map(drop)
}

/// All of them.
pub(super) fn out_at_far_end(connection: &Connection) -> rusqlite::Result<Vec<(String, Vec<u8>)>> {
    let mut statement = connection.prepare("SELECT span, timeslots FROM out_at_far_end ORDER BY span")?;
    let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
    rows.map(|row| row.map(|(span, listed)| (span, listed.split(' ').filter_map(|slot| slot.parse().ok()).collect()))).collect()
}

fn parse(text: &str) -> rusqlite::Result<CallRecord> {
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error)))
}
