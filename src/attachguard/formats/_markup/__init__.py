"""What the inspectors of HTML, SVG and XML share: pages, active content, smuggled payloads."""
