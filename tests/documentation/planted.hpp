// A small page without a fault, to plant faults in.
#pragma once

#include <stdexcept>
#include <string>

namespace documentation {

inline const std::string small_page = R"(# Page

[English](#english) · [Português (Brasil)](#português-brasil)

## English

### One thread

The file [file](a.cpp), and the thread of [two](#two).

```cpp
int a;
```

| a | b |

### Two

![A picture](a.svg) [Web](https://example.com/)

### References

[In English](https://example.com/en), [file](a.cpp)

## Português (Brasil)

### Uma thread

O arquivo [arquivo](a.cpp), e a thread de [dois](#dois).

```cpp
int a;
```

| a | b |

### Dois

![Uma figura](a.svg) [Web](https://example.com/)

### Referências

[Em português](https://example.com/pt), [arquivo](a.cpp)
)";

// The page with the last `old_text` replaced. Throws when it is not there: nothing was planted.
inline std::string with(std::string page, const std::string& old_text,
                        const std::string& new_text) {
    const std::size_t place = page.rfind(old_text);
    if (place == std::string::npos)
        throw std::logic_error("not in the page: " + old_text);
    return page.replace(place, old_text.size(), new_text);
}

}  // namespace documentation
