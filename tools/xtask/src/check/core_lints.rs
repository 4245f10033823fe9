//! The lints that guard the layers and that a manifest cannot carry, since a crate either inherits the workspace's or has
//! its own: they stand at the top of each library.
//!
//! Core forbids unsafe code, warns where a panic or a swallowed case hides, and may not switch off the list of banned clocks,
//! files and sockets in `firmware/core/clippy.toml`. A sys crate that allows unsafe code must explain each block.

use super::finding::Finding;
use super::workspace::{Crate, SourceFile, Workspace};
use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::Visit;

const RULE: &str = "core-lints";
const WARNED: [&str; 4] = ["missing_docs", "clippy::unwrap_used", "clippy::indexing_slicing", "clippy::wildcard_enum_match_arm"];
const PURITY: [&str; 2] = ["disallowed_methods", "disallowed_types"];

/// Attributes of core and sys libraries against the rule.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let mut findings = Vec::new();
    for package in &workspace.crates {
        let core = package.folder.starts_with("firmware/core/");
        let sys = package.folder.starts_with("firmware/sys/");
        if !core && !sys {
            continue;
        }
        let Some(library) = workspace.files.iter().find(|file| Some(&file.path) == package.library.as_ref()) else {
            findings.push(Finding::error(RULE, package.manifest(), "a crate of core or sys is a library with a lib.rs"));
            continue;
        };
        findings.extend(if core { check_core(library) } else { check_sys(library) });
    }
    findings.extend(workspace.files.iter().filter(|file| core_source(workspace, file)).flat_map(check_purity));
    findings
}

fn core_source(workspace: &Workspace, file: &SourceFile) -> bool {
    let source = |package: &Crate| file.path.starts_with(&format!("{}/src/", package.folder));
    file.path.starts_with("firmware/core/") && workspace.owner(file).is_some_and(source)
}

fn has(file: &SourceFile, levels: &[&str], lint: &str) -> bool {
    let Ok(syntax) = &file.syntax else { return false };
    syntax.attrs.iter().any(|attribute| match &attribute.meta {
        syn::Meta::List(list) if levels.iter().any(|level| list.path.is_ident(level)) => {
            list.tokens.to_string().split(',').any(|name| name.replace(' ', "") == lint)
        }
        syn::Meta::List(_) | syn::Meta::Path(_) | syn::Meta::NameValue(_) => false,
    })
}

fn check_core(library: &SourceFile) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !has(library, &["forbid"], "unsafe_code") {
        findings.push(Finding::error(RULE, &library.path, "a core crate carries #![forbid(unsafe_code)]"));
    }
    for lint in WARNED.into_iter().filter(|lint| !has(library, &["warn", "deny", "forbid"], lint)) {
        findings.push(Finding::error(RULE, &library.path, format!("a core crate carries #![warn({lint})]")));
    }
    findings
}

fn check_sys(library: &SourceFile) -> Vec<Finding> {
    let unsafe_allowed = has(library, &["allow", "expect", "warn"], "unsafe_code");
    let explained = has(library, &["warn", "deny", "forbid"], "clippy::undocumented_unsafe_blocks");
    let message = "a sys crate that allows unsafe code carries #![warn(clippy::undocumented_unsafe_blocks)]";
    if unsafe_allowed && !explained { vec![Finding::error(RULE, &library.path, message)] } else { Vec::new() }
}

fn check_purity(file: &SourceFile) -> Vec<Finding> {
    let Ok(syntax) = &file.syntax else { return Vec::new() };
    let mut finder = Finder { lines: Vec::new() };
    finder.visit_file(syntax);
    let message = "core may not switch off the ban on clocks, files, threads and sockets";
    let error = |line| Finding::error(RULE, format!("{}:{line}", file.path), message);
    finder.lines.into_iter().map(error).collect()
}

struct Finder {
    lines: Vec<usize>,
}

fn names_purity(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => names_purity(group.stream()),
        TokenTree::Ident(ident) => PURITY.iter().any(|lint| ident == lint),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let syn::Meta::List(list) = &attribute.meta else { return };
        let level = ["allow", "expect", "cfg_attr"].iter().any(|level| list.path.is_ident(level));
        if level && names_purity(list.tokens.clone()) {
            self.lines.push(attribute.span().start().line);
        }
    }
}
