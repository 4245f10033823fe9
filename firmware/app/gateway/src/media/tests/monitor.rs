//! A call that is listened to: both sides at once, by clocks apart, to its end and past a card's.

use call::words::CallId;
use media::{BLOCK, Law, g711};

use super::cards::{Kept, sine, sound};
use crate::sound::{Hand, Order};

const CALL: CallId = CallId(7);

fn octets(law: Law, samples: &[i16]) -> Vec<[u8; BLOCK]> {
    let (blocks, _) = samples.as_chunks::<BLOCK>();
    blocks.iter().map(|block| std::array::from_fn(|at| g711::encode(law, block[at]))).collect()
}

#[test]
fn both_sides_of_the_call_are_mixed_and_another_call_is_not_heard() {
    let (mut sound, _orders) = sound();
    let (output, heard) = Kept::of(100);
    sound.take(Hand::Monitor { call: CALL, output }, |call| call == CALL);
    let (caller, called) = (octets(Law::A, &sine(440.0, -10.0, 4000)), octets(Law::Mu, &sine(1004.0, -20.0, 4000)));
    for (said, answered) in caller.iter().zip(&called) {
        sound.monitor.hear(CALL, 0, Law::A, said);
        sound.monitor.hear(CallId(8), 0, Law::A, said);
        sound.monitor.hear(CALL, 1, Law::Mu, answered);
    }
    let decoded = |law, blocks: &[[u8; BLOCK]]| blocks.concat().iter().map(|octet| g711::decode(law, *octet)).collect::<Vec<_>>();
    let mixed: Vec<i16> =
        decoded(Law::A, &caller).iter().zip(decoded(Law::Mu, &called)).map(|(one, other)| one + other).collect();
    assert_eq!(*heard.lock().unwrap(), mixed);
}

#[test]
fn side_that_says_nothing_leaves_the_other_to_be_heard_alone() {
    let (mut sound, _orders) = sound();
    let (output, heard) = Kept::of(100);
    sound.take(Hand::Monitor { call: CALL, output }, |_| true);
    let said = octets(Law::A, &sine(440.0, -10.0, 4000));
    said.iter().for_each(|block| sound.monitor.hear(CALL, 1, Law::A, block));
    let heard = heard.lock().unwrap();
    let expected: Vec<i16> = said.concat().iter().map(|octet| g711::decode(Law::A, *octet)).collect();
    assert_eq!((heard.len(), &heard[..]), (47 * BLOCK, &expected[..47 * BLOCK]));
}

#[test]
fn call_ends_or_is_not_there_and_its_output_is_given_back() {
    let (mut sound, orders) = sound();
    sound.take(Hand::Monitor { call: CALL, output: Kept::of(1).0 }, |_| false);
    assert!(matches!(orders.try_recv(), Ok(Order::MonitorEnded { call: CALL, output: Some(_) })));
    sound.take(Hand::Monitor { call: CALL, output: Kept::of(1).0 }, |_| true);
    sound.call_ended(CallId(8));
    assert!(orders.try_recv().is_err());
    sound.call_ended(CALL);
    assert!(matches!(orders.try_recv(), Ok(Order::MonitorEnded { call: CALL, output: Some(_) })));
    // Whoever waits for the end is answered even when there is nothing more to end.
    sound.take(Hand::EndMonitor { call: CALL }, |_| false);
    assert!(matches!(orders.try_recv(), Ok(Order::MonitorEnded { call: CALL, output: None })));
}

#[test]
fn card_that_is_gone_is_given_back_once_and_the_next_one_is_heard() {
    let (mut sound, orders) = sound();
    sound.take(Hand::Monitor { call: CALL, output: Kept::of(2).0 }, |_| true);
    let said = octets(Law::A, &sine(440.0, -10.0, 800));
    let say = |sound: &mut super::super::sound::Sound| {
        for block in &said {
            sound.monitor.hear(CALL, 0, Law::A, block);
            sound.monitor.hear(CALL, 1, Law::A, block);
            sound.give_back();
        }
    };
    say(&mut sound);
    assert!(matches!(orders.try_recv(), Ok(Order::MonitorLost { call: CALL, .. })));
    assert!(orders.try_recv().is_err());
    let (output, heard) = Kept::of(100);
    sound.take(Hand::Monitor { call: CALL, output }, |_| true);
    say(&mut sound);
    assert_eq!(heard.lock().unwrap().len(), 800);
    sound.call_ended(CALL);
    assert!(matches!(orders.try_recv(), Ok(Order::MonitorEnded { call: CALL, output: Some(_) })));
}
