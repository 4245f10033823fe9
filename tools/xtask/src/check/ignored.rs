//! A test that is left out says why and how to run it: `#[ignore = "rig: e1-loop"]`.

use super::finding::Finding;
use super::workspace::{SourceFile, Workspace};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

const RULE: &str = "ignored";

/// One test with `#[ignore]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredTest {
    /// File and line.
    pub place: String,
    /// The function's name.
    pub name: String,
    /// What the attribute says.
    pub reason: Option<String>,
}

/// All of them, in the order of the files.
pub fn ignored_tests(workspace: &Workspace) -> Vec<IgnoredTest> {
    workspace.files.iter().flat_map(in_file).collect()
}

/// Attributes without a reason.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    let without = ignored_tests(workspace).into_iter().filter(|test| test.reason.is_none());
    without.map(|test| Finding::error(RULE, test.place, format!("{} is ignored without a reason", test.name))).collect()
}

fn in_file(file: &SourceFile) -> Vec<IgnoredTest> {
    let Ok(syntax) = &file.syntax else { return Vec::new() };
    let mut finder = Finder { path: &file.path, found: Vec::new() };
    finder.visit_file(syntax);
    finder.found
}

struct Finder<'a> {
    path: &'a str,
    found: Vec<IgnoredTest>,
}

/// `None` for another attribute, `Some(None)` for one without a reason.
fn reason(meta: &syn::Meta) -> Option<Option<String>> {
    if !meta.path().is_ident("ignore") {
        return None;
    }
    let syn::Meta::NameValue(syn::MetaNameValue { value: syn::Expr::Lit(literal), .. }) = meta else { return Some(None) };
    let syn::Lit::Str(text) = &literal.lit else { return Some(None) };
    let text = text.value().trim().to_owned();
    Some((!text.is_empty()).then_some(text))
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        for attribute in &function.attrs {
            if let Some(reason) = reason(&attribute.meta) {
                let place = format!("{}:{}", self.path, attribute.span().start().line);
                self.found.push(IgnoredTest { place, name: function.sig.ident.to_string(), reason });
            }
        }
        visit::visit_item_fn(self, function);
    }
}
