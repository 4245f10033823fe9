//! Unsafe code lives in `firmware/sys` and in `hw-tests/peers`, nowhere else, tests and build scripts included.
//!
//! The workspace denies `unsafe_code`; this rule catches what a lint cannot: an `allow` of that lint, unsafe hidden in a
//! macro's tokens, and attributes that the linker trusts.

use super::finding::Finding;
use super::workspace::{SourceFile, Workspace};
use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

const RULE: &str = "unsafe";
const ALLOWED: [&str; 2] = ["firmware/sys/", "hw-tests/peers/"];
const LINT_LEVELS: [&str; 3] = ["allow", "expect", "warn"];
const LINKER_ATTRIBUTES: [&str; 3] = ["no_mangle", "export_name", "link_section"];

/// Sources against the rule; a file that does not parse is a finding, since it could hide anything.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.files.iter().flat_map(check_file).collect()
}

fn check_file(file: &SourceFile) -> Vec<Finding> {
    if ALLOWED.iter().any(|folder| file.path.starts_with(folder)) {
        return Vec::new();
    }
    let syntax = match &file.syntax {
        Ok(syntax) => syntax,
        Err((line, why)) => {
            return vec![Finding::error("syntax", format!("{}:{line}", file.path), format!("does not parse: {why}"))];
        }
    };
    let mut finder = Finder { found: Vec::new() };
    finder.visit_file(syntax);
    let error = |(line, what)| {
        let message = format!("{what}: unsafe code belongs in firmware/sys or hw-tests/peers");
        Finding::error(RULE, format!("{}:{line}", file.path), message)
    };
    finder.found.into_iter().map(error).collect()
}

struct Finder {
    found: Vec<(usize, &'static str)>,
}

impl Finder {
    fn note(&mut self, found: bool, at: proc_macro2::Span, what: &'static str) {
        if found {
            self.found.push((at.start().line, what));
        }
    }

    fn scan(&mut self, tokens: TokenStream, what: &'static str) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.scan(group.stream(), what),
                TokenTree::Ident(ident) => self.note(ident == "unsafe", ident.span(), what),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

fn names_unsafe_code(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => names_unsafe_code(group.stream()),
        TokenTree::Ident(ident) => ident == "unsafe_code",
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}

/// `allow(unsafe_code)` also where `cfg_attr` wraps it.
fn lowers_the_lint(meta: &syn::Meta) -> bool {
    let syn::Meta::List(list) = meta else { return false };
    let level = LINT_LEVELS.iter().any(|level| list.path.is_ident(level));
    (level || list.path.is_ident("cfg_attr")) && names_unsafe_code(list.tokens.clone())
}

impl<'ast> Visit<'ast> for Finder {
    fn visit_expr_unsafe(&mut self, block: &'ast syn::ExprUnsafe) {
        self.note(true, block.span(), "unsafe block");
        visit::visit_expr_unsafe(self, block);
    }

    fn visit_signature(&mut self, signature: &'ast syn::Signature) {
        self.note(signature.unsafety.is_some(), signature.span(), "unsafe fn");
        visit::visit_signature(self, signature);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.note(item.unsafety.is_some(), item.span(), "unsafe impl");
        visit::visit_item_impl(self, item);
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.note(item.unsafety.is_some(), item.span(), "unsafe trait");
        visit::visit_item_trait(self, item);
    }

    fn visit_item_foreign_mod(&mut self, item: &'ast syn::ItemForeignMod) {
        self.note(true, item.span(), "extern block");
        visit::visit_item_foreign_mod(self, item);
    }

    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let path = attribute.path();
        let linker = path.is_ident("unsafe") || LINKER_ATTRIBUTES.iter().any(|name| path.is_ident(name));
        self.note(linker, attribute.span(), "attribute that the linker trusts");
        self.note(lowers_the_lint(&attribute.meta), attribute.span(), "allow(unsafe_code)");
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.scan(call.tokens.clone(), "unsafe in a macro");
        visit::visit_macro(self, call);
    }
}
