//! Every path that a source file names, `use` trees flattened and macro arguments included.
//!
//! A lone identifier is no path (it may be a variable), except in `use` and `extern crate`. Inside a macro's tokens, where
//! there is no syntax tree, `name ::` counts as the start of a path.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};

/// One path as written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NamedPath {
    /// `["media", "Offer"]`; a glob ends in `"*"`.
    pub(super) segments: Vec<String>,
    /// Its line, from 1.
    pub(super) line: usize,
}

/// All of them, in the order of the file.
pub(super) fn named(file: &syn::File) -> Vec<NamedPath> {
    let mut collector = Collector { found: Vec::new() };
    collector.visit_file(file);
    collector.found
}

struct Collector {
    found: Vec<NamedPath>,
}

impl Collector {
    fn add(&mut self, segments: Vec<String>, line: usize) {
        self.found.push(NamedPath { segments, line });
    }

    fn flatten(&mut self, before: &[String], tree: &syn::UseTree) {
        let with = |ident: &syn::Ident| before.iter().cloned().chain([ident.to_string()]).collect::<Vec<_>>();
        match tree {
            syn::UseTree::Path(path) => self.flatten(&with(&path.ident), &path.tree),
            syn::UseTree::Name(name) => self.add(with(&name.ident), name.ident.span().start().line),
            syn::UseTree::Rename(rename) => self.add(with(&rename.ident), rename.ident.span().start().line),
            syn::UseTree::Glob(glob) => {
                let segments = before.iter().cloned().chain(["*".to_owned()]).collect();
                self.add(segments, glob.star_token.spans[0].start().line);
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.flatten(before, tree)),
        }
    }

    fn scan(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < tokens.len() {
            match &tokens[at] {
                TokenTree::Group(group) => self.scan(group.stream()),
                TokenTree::Ident(ident) if !continues_path(&tokens, at) => {
                    let segments = chain(&tokens, at);
                    if segments.len() > 1 {
                        self.add(segments, ident.span().start().line);
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            at += 1;
        }
    }
}

fn is_colon(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':')
}

fn is_ident(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Ident(_)))
}

/// `a` of `x::a`: part of a path that began before. `::a` begins one.
fn continues_path(tokens: &[TokenTree], at: usize) -> bool {
    at >= 3 && is_colon(tokens.get(at - 1)) && is_colon(tokens.get(at - 2)) && is_ident(tokens.get(at - 3))
}

fn chain(tokens: &[TokenTree], mut at: usize) -> Vec<String> {
    let mut segments = Vec::new();
    while let Some(TokenTree::Ident(ident)) = tokens.get(at) {
        segments.push(ident.to_string());
        if !(is_colon(tokens.get(at + 1)) && is_colon(tokens.get(at + 2))) {
            break;
        }
        at += 3;
        if matches!(tokens.get(at), Some(TokenTree::Punct(punct)) if punct.as_char() == '*') {
            segments.push("*".to_owned());
        }
    }
    segments
}

impl<'ast> Visit<'ast> for Collector {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.flatten(&[], &item.tree);
    }

    fn visit_item_extern_crate(&mut self, item: &'ast syn::ItemExternCrate) {
        self.add(vec![item.ident.to_string()], item.ident.span().start().line);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<_> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if let (Some(first), true) = (path.segments.first(), segments.len() > 1) {
            self.add(segments, first.ident.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.scan(call.tokens.clone());
        visit::visit_macro(self, call);
    }
}
