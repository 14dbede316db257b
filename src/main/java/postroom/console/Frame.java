package postroom.console;

import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.ModelAttribute;

import postroom.web.Visitor;

/// What every page needs for its frame.
@ControllerAdvice(basePackageClasses = Frame.class)
class Frame {

    @ModelAttribute("visitor")
    Visitor visitor(Visitor visitor) {
        return visitor;
    }
}
