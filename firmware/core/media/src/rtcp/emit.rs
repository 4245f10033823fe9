//! Writes a compound RTCP packet.

use super::composer::{put_block, put_metrics};
use super::extended::{ExtendedBlock, ExtendedReport, VOIP_METRICS};
use super::packet_type::{EXTENDED_REPORT, GOODBYE, RECEIVER_REPORT, SENDER_REPORT, SOURCE_DESCRIPTION};
use super::{Chunk, Goodbye, Packet, ReceiverReport, ReportBlock, SenderReport};

/// A count field has five bits.
const MOST: usize = 31;
/// A text has one octet of length.
const LONGEST_TEXT: usize = 255;

/// Puts packets together in order. Blocks, chunks and sources beyond 31 and text beyond 255 octets are cut off.
#[must_use]
pub fn emit(packets: &[Packet]) -> Vec<u8> {
    let mut out = Vec::with_capacity(128);
    for packet in packets {
        match packet {
            Packet::SenderReport(report) => emit_sender_report(&mut out, report),
            Packet::ReceiverReport(report) => emit_receiver_report(&mut out, report),
            Packet::SourceDescription(chunks) => emit_source_description(&mut out, chunks),
            Packet::Goodbye(goodbye) => emit_goodbye(&mut out, goodbye),
            Packet::ExtendedReport(report) => emit_extended_report(&mut out, report),
            Packet::Other { packet_type, count, body } => {
                emit_packet(&mut out, *packet_type, usize::from(*count & 0x1F), |out| out.extend_from_slice(body));
            }
        }
    }
    out
}

/// Header, body, zeros up to a multiple of 4, and then the length into the header.
fn emit_packet(out: &mut Vec<u8>, packet_type: u8, count: usize, body: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    let count = u8::try_from(count.min(MOST)).unwrap_or(0);
    out.extend_from_slice(&[0x80 | count, packet_type, 0, 0]);
    body(out);
    let length = out.len() - start;
    out.resize(start + length.next_multiple_of(4), 0);
    let words = u16::try_from((out.len() - start) / 4 - 1).unwrap_or(u16::MAX);
    if let Some(field) = out.get_mut(start + 2..start + 4) {
        field.copy_from_slice(&words.to_be_bytes());
    }
}

fn emit_sender_report(out: &mut Vec<u8>, report: &SenderReport) {
    emit_packet(out, SENDER_REPORT, report.blocks.len(), |out| {
        out.extend_from_slice(&report.ssrc.to_be_bytes());
        out.extend_from_slice(&report.ntp.to_be_bytes());
        out.extend_from_slice(&report.rtp.to_be_bytes());
        out.extend_from_slice(&report.packets.to_be_bytes());
        out.extend_from_slice(&report.octets.to_be_bytes());
        emit_blocks(out, &report.blocks);
        out.extend_from_slice(&report.extension);
    });
}

fn emit_receiver_report(out: &mut Vec<u8>, report: &ReceiverReport) {
    emit_packet(out, RECEIVER_REPORT, report.blocks.len(), |out| {
        out.extend_from_slice(&report.ssrc.to_be_bytes());
        emit_blocks(out, &report.blocks);
        out.extend_from_slice(&report.extension);
    });
}

fn emit_blocks(out: &mut Vec<u8>, blocks: &[ReportBlock]) {
    for block in blocks.iter().take(MOST) {
        put_block(block, |octets| out.extend_from_slice(octets));
    }
}

fn emit_source_description(out: &mut Vec<u8>, chunks: &[Chunk]) {
    emit_packet(out, SOURCE_DESCRIPTION, chunks.len(), |out| {
        for chunk in chunks.iter().take(MOST) {
            out.extend_from_slice(&chunk.ssrc.to_be_bytes());
            let start = out.len();
            for (kind, text) in chunk.items.iter().filter(|(kind, _)| *kind != 0) {
                out.push(*kind);
                emit_text(out, text);
            }
            let length = out.len() - start;
            out.resize(start + (length + 1).next_multiple_of(4), 0);
        }
    });
}

fn emit_goodbye(out: &mut Vec<u8>, goodbye: &Goodbye) {
    emit_packet(out, GOODBYE, goodbye.sources.len(), |out| {
        for source in goodbye.sources.iter().take(MOST) {
            out.extend_from_slice(&source.to_be_bytes());
        }
        if !goodbye.reason.is_empty() {
            emit_text(out, &goodbye.reason);
        }
    });
}

fn emit_extended_report(out: &mut Vec<u8>, report: &ExtendedReport) {
    emit_packet(out, EXTENDED_REPORT, usize::from(report.reserved & 0x1F), |out| {
        out.extend_from_slice(&report.ssrc.to_be_bytes());
        for block in &report.blocks {
            let start = out.len();
            match block {
                ExtendedBlock::VoipMetrics(metrics) => {
                    out.extend_from_slice(&[VOIP_METRICS, 0, 0, 0]);
                    put_metrics(metrics, |octets| out.extend_from_slice(octets));
                }
                ExtendedBlock::Other { block_type, specific, content } => {
                    out.extend_from_slice(&[*block_type, *specific, 0, 0]);
                    out.extend_from_slice(content);
                }
            }
            let words = u16::try_from((out.len() - start) / 4 - 1).unwrap_or(u16::MAX);
            if let Some(field) = out.get_mut(start + 2..start + 4) {
                field.copy_from_slice(&words.to_be_bytes());
            }
        }
    });
}

fn emit_text(out: &mut Vec<u8>, text: &[u8]) {
    let text = text.get(..LONGEST_TEXT).unwrap_or(text);
    out.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    out.extend_from_slice(text);
}
