"""What may be in a cleaned page or drawing: elements and attributes. Whatever is not here goes."""

from __future__ import annotations

from typing import Final

ELEMENTS: Final = frozenset(
    {
        "a", "abbr", "acronym", "address", "area", "article", "aside", "b", "bdi", "bdo", "big", "blockquote", "body", "br", "button",
        "caption", "center", "cite", "code", "col", "colgroup", "data", "datalist", "dd", "del", "details", "dfn", "dir", "div", "dl", "dt",
        "em", "fieldset", "figcaption", "figure", "font", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hgroup",
        "hr", "html", "i", "img", "input", "ins", "kbd", "label", "legend", "li", "link", "main", "map", "mark", "menu", "meta", "meter",
        "nav", "ol", "optgroup", "option", "output", "p", "picture", "pre", "progress", "q", "rp", "rt", "ruby", "s", "samp", "section",
        "select", "small", "source", "span", "strike", "strong", "style", "sub", "summary", "sup", "table", "tbody", "td", "textarea",
        "tfoot", "th", "thead", "time", "title", "tr", "tt", "u", "ul", "var", "wbr",
    }
)  # fmt: skip
#: What goes with everything in it; of all other elements the content stays.
WHOLE: Final = frozenset(
    {
        "script", "iframe", "object", "embed", "applet", "frame", "frameset", "template", "noembed", "xml", "bgsound", "audio", "video",
    }
)  # fmt: skip
ATTRIBUTES: Final = frozenset(
    {
        "abbr", "accept-charset", "accept", "align", "alt", "background", "bgcolor", "border", "bordercolor", "cellpadding", "cellspacing",
        "char", "charoff", "charset", "checked", "cite", "class", "clear", "color", "cols", "colspan", "compact", "content", "coords",
        "datetime", "dir", "disabled", "enctype", "face", "for", "frame", "headers", "height", "hidden", "href", "hreflang", "hspace",
        "http-equiv", "id", "ismap", "label", "lang", "language-dir", "link", "longdesc", "maxlength", "media", "method", "multiple",
        "name", "noshade", "nowrap", "open", "placeholder", "prompt", "readonly", "rel", "rev", "role", "rows", "rowspan", "rules", "scope",
        "selected", "shape", "size", "span", "src", "srcset", "start", "style", "summary", "tabindex", "target", "text", "title", "type",
        "usemap", "valign", "value", "vlink", "vspace", "width", "alink", "leftmargin", "topmargin", "marginwidth", "marginheight",
        "rightmargin", "bottommargin", "xmlns",
    }
)  # fmt: skip
SVG_ELEMENTS: Final = frozenset(
    {
        "svg", "g", "defs", "symbol", "use", "title", "desc", "metadata", "path", "rect", "circle", "ellipse", "line", "polyline",
        "polygon", "text", "tspan", "textPath", "tref", "image", "a", "switch", "style", "marker", "pattern", "mask", "clipPath",
        "linearGradient", "radialGradient", "stop", "filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite",
        "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB",
        "feFuncG", "feFuncR", "feGaussianBlur", "feImage", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight",
        "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence", "view", "font", "font-face", "glyph", "missing-glyph", "hkern",
        "vkern", "animate", "animateMotion", "animateTransform", "set", "mpath", "altGlyph", "color-profile", "cursor", "solidcolor",
        "hatch", "hatchpath", "mesh", "meshgradient", "meshrow", "meshpatch", "flowRoot", "flowPara", "flowRegion", "flowSpan", "flowDiv",
    }
)  # fmt: skip
