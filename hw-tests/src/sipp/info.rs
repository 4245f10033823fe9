//! INFOs in a SIPp scenario: as many as a run names, which no scenario file can know.

/// An INFO in an answered call: sent by a caller, expected by a callee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// Its Content-Type; none for an INFO without a body.
    pub content_type: Option<&'static str>,
    /// The lines of its body.
    pub body: &'static [&'static str],
    /// The answer that a caller expects, or a callee gives.
    pub status: u16,
}

/// The part of a scenario that sends the INFOs of a caller's run, or expects those of a callee's.
pub(super) fn written(infos: &[Info], calls: bool) -> String {
    let part = if calls { sent } else { expected };
    infos.iter().zip(2..).map(|(info, number)| part(info, number)).collect()
}

fn sent(info: &Info, number: u32) -> String {
    let content_type = info.content_type.map_or_else(String::new, |name| format!("\n      Content-Type: {name}"));
    let body: String = info.body.iter().map(|line| format!("      {line}\n")).collect();
    format!(
        r#"  <send retrans="500">
    <![CDATA[
      INFO [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      [routes]
      Max-Forwards: 70
      From: "Load" <sip:@CALLING@@[local_ip]:[local_port]>;tag=[pid]c[call_number]
      To: <sip:[service]@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: {number} INFO{content_type}
      Content-Length: [len]

{body}    ]]>
  </send>

  <recv response="{}"></recv>

"#,
        info.status
    )
}

fn expected(info: &Info, number: u32) -> String {
    let content_type = info.content_type.unwrap_or_default();
    let lines = info.body.iter().map(|line| {
        format!(r#"      <ereg regexp="^{line}|[^A-Za-z]{line}" search_in="body" check_it="true" assign_to="checked"/>"#)
    });
    let lines = lines.collect::<Vec<_>>().join("\n");
    format!(
        r#"  <recv request="INFO" timeout="@PATIENCE_MS@">
    <action>
      <ereg regexp="{content_type}" search_in="hdr" header="Content-Type:" check_it="true" assign_to="checked"/>
{lines}
    </action>
  </recv>

  <send>
    <![CDATA[
      SIP/2.0 {} Answer {number}
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

    ]]>
  </send>

"#,
        info.status
    )
}
