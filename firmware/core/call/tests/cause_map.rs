//! The cause table: no row twice, every cause and status answered, congestion never a 4xx.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use call::cause_map::{Direction, TABLE, cause_of, status_of};

#[test]
fn no_cause_and_no_status_has_two_rows_for_one_direction() {
    for (index, row) in TABLE.iter().enumerate() {
        for other in &TABLE[index + 1..] {
            let both_to_sip = row.direction != Direction::FromSip && other.direction != Direction::FromSip;
            let both_from_sip = row.direction != Direction::ToSip && other.direction != Direction::ToSip;
            assert!(!(both_to_sip && row.cause == other.cause), "cause {} has two rows", row.cause);
            assert!(!(both_from_sip && row.status == other.status), "status {} has two rows", row.status);
        }
    }
}

#[test]
fn congestion_causes_become_5xx_so_that_servers_try_the_next_gateway() {
    for cause in [6, 34, 38, 41, 42, 44, 47] {
        assert!((500..600).contains(&status_of(cause)), "cause {cause} became {}", status_of(cause));
    }
}

#[test]
fn every_cause_has_a_final_status_and_every_final_status_a_cause() {
    for cause in 0..=255 {
        assert!((400..700).contains(&status_of(cause)), "cause {cause}");
    }
    for status in 300..700 {
        assert!((1..=127).contains(&cause_of(status)), "status {status}");
    }
}

#[test]
fn the_causes_people_meet_map_as_the_rfc_says() {
    let rows = [
        (1, 404),
        (17, 486),
        (18, 408),
        (19, 480),
        (21, 403),
        (28, 484),
        (34, 503),
        (27, 502),
        (88, 503),
        (102, 504),
        (127, 500),
    ];
    for (cause, status) in rows {
        assert_eq!(status_of(cause), status, "cause {cause}");
    }
    let rows = [
        (404, 1),
        (486, 17),
        (480, 18),
        (403, 21),
        (484, 28),
        (503, 41),
        (500, 41),
        (502, 38),
        (504, 102),
        (600, 17),
        (603, 21),
        (488, 65),
    ];
    for (status, cause) in rows {
        assert_eq!(cause_of(status), cause, "status {status}");
    }
}

#[test]
fn unlisted_cause_takes_its_class_and_unlisted_status_its_hundred() {
    assert_eq!(status_of(46), 503);
    assert_eq!(status_of(30), 480);
    assert_eq!(cause_of(599), cause_of(500));
    assert_eq!(cause_of(499), cause_of(400));
}
