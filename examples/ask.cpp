// ask in C++: one question to a model, through an application inference profile. See ask.c.
//
// SPDX-License-Identifier: MIT
#include <bedrockcost/bedrockcost.h>

#include <getopt.h>

#include <charconv>
#include <csignal>
#include <cstdint>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace
{

constexpr std::string_view help =
    R"(usage: ask [OPTIONS] PROFILE_ARN PROMPT

Asks the model behind an application inference profile. The answer goes to stdout, what it
used to stderr. A PROMPT of - is read from stdin.

  --system TEXT    system prompt
  --max-tokens N   most tokens the answer may have
  --endpoint URL   where to send, instead of the endpoint in the ARN's region
  --ca-file FILE   trust these certificate authorities (PEM)
  --stream         print the answer while it comes
  --json           print the whole usage record as JSON instead of one readable line
  --help           print this

Credentials come from where the AWS SDKs look for them; `credentials` says where that is.
Exit code: 0 answered, 1 failed, 2 wrong usage.
)";

// An object of the library, freed when it goes out of scope.
template <auto free> struct Free {
    template <class T> void operator()(T *object) const
    {
        free(object);
    }
};
using Credentials = std::unique_ptr<brc_credentials, Free<brc_credentials_free>>;
using Client = std::unique_ptr<brc_client, Free<brc_client_free>>;
using Request = std::unique_ptr<brc_request, Free<brc_request_free>>;
using Result = std::unique_ptr<brc_result, Free<brc_result_free>>;

struct Failure : std::runtime_error {
    using runtime_error::runtime_error;
};
struct Misuse : std::runtime_error {
    using runtime_error::runtime_error;
};

struct Options {
    std::string profile_arn, prompt;
    const char *system = nullptr, *endpoint = nullptr, *ca_file = nullptr;
    std::int64_t max_tokens = 0;
    bool help = false, json = false, stream = false;
    bool line_open = false; // an answer is being printed, and its line has not ended
};

std::int64_t parse_max_tokens(std::string_view text)
{
    std::int32_t number = 0;
    const auto [end, error] = std::from_chars(text.begin(), text.end(), number);

    if (error != std::errc() || end != text.end() || number < 1)
        throw Misuse("--max-tokens takes a number from 1 to 2147483647");
    return number;
}

Options parse(int argc, char **argv)
{
    static const option known[] = {
        {"system", required_argument, nullptr, 's'},
        {"max-tokens", required_argument, nullptr, 'm'},
        {"endpoint", required_argument, nullptr, 'e'},
        {"ca-file", required_argument, nullptr, 'c'},
        {"stream", no_argument, nullptr, 'S'},
        {"json", no_argument, nullptr, 'j'},
        {"help", no_argument, nullptr, 'h'},
        {},
    };
    Options options;
    int option;

    while ((option = getopt_long(argc, argv, "", known, nullptr)) != -1) {
        switch (option) {
        case 's':
            options.system = optarg;
            break;
        case 'm':
            options.max_tokens = parse_max_tokens(optarg);
            break;
        case 'e':
            options.endpoint = optarg;
            break;
        case 'c':
            options.ca_file = optarg;
            break;
        case 'S':
            options.stream = true;
            break;
        case 'j':
            options.json = true;
            break;
        case 'h':
            options.help = true;
            return options;
        default: // getopt_long() has said what is wrong
            throw Misuse("");
        }
    }
    if (argc - optind != 2)
        throw Misuse("PROFILE_ARN and PROMPT are needed");
    options.profile_arn = argv[optind];
    options.prompt = argv[optind + 1];
    return options;
}

// One more byte than a request may have is enough to be refused.
std::string read_stdin()
{
    std::string text(20'000'001, '\0');

    std::cin.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (std::cin.bad())
        throw Failure("stdin cannot be read");
    text.resize(static_cast<std::size_t>(std::cin.gcount()));
    return text;
}

Request make_request(const Options &options)
{
    brc_request *made;
    int rc = brc_request_new(options.profile_arn.c_str(), &made);
    Request request(made);

    if (rc == BRC_E_NOT_A_PROFILE)
        throw Failure(brc_profile_explain(options.profile_arn.c_str()));
    if (rc < 0)
        throw Failure(brc_strerror(rc));
    const std::string prompt = options.prompt == "-" ? read_stdin() : options.prompt;
    rc = brc_request_add_text(made, "user", prompt.data(), prompt.size());
    if (rc == 0 && options.system != nullptr)
        rc = brc_request_add_text(made, "system", options.system,
                                  std::string_view(options.system).size());
    if (rc == 0 && options.max_tokens > 0)
        rc = brc_request_set_max_tokens(made, options.max_tokens, options.max_tokens);
    if (rc < 0)
        throw Failure(brc_request_error(made));
    return request;
}

void print_line(const brc_usage *usage)
{
    static constexpr struct {
        int field;
        const char *name;
    } kinds[] = {
        {BRC_USAGE_INPUT_TOKENS, "input"},
        {BRC_USAGE_OUTPUT_TOKENS, "output"},
        {BRC_USAGE_CACHE_READ_TOKENS, "cache read"},
        {BRC_USAGE_CACHE_WRITE_TOKENS, "cache write"},
    };
    static constexpr const char *outcomes[] = {"", "not billed", "reported", "unreported"};
    const char *request_id = brc_usage_text(usage, BRC_USAGE_REQUEST_ID);

    std::cerr << "tokens:";
    for (const auto &kind : kinds)
        if (const auto count = brc_usage_int(usage, kind.field); count >= 0)
            std::cerr << ' ' << kind.name << ' ' << count << ',';
    std::cerr << ' ' << outcomes[brc_usage_int(usage, BRC_USAGE_OUTCOME)] << ", request "
              << (request_id != nullptr ? request_id : "unknown") << ", "
              << brc_usage_int(usage, BRC_USAGE_LATENCY_MS) << " ms\n";
}

// The library is C: no exception may leave a callback. Streams throw only if they are told to.
// The record comes after the last event.
void print_usage(const brc_usage *usage, void *user_data) noexcept
{
    auto *options = static_cast<Options *>(user_data);
    const char *json = options->json ? brc_usage_json(usage) : nullptr;

    if (options->line_open)
        std::cout << std::endl;
    options->line_open = false;
    if (json != nullptr)
        std::cerr << json << '\n';
    else
        print_line(usage);
}

Client make_client(Options &options)
{
    brc_credentials *found;
    int rc = brc_credentials_new_chain(nullptr, &found);
    const Credentials credentials(found); // the client takes a reference of its own
    brc_client *made = nullptr;

    if (rc == 0)
        rc = brc_client_new(found, &made);
    Client client(made);
    if (rc < 0)
        throw Failure(brc_strerror(rc));
    rc = brc_client_set_usage(made, print_usage, &options, nullptr);
    if (rc == 0 && options.endpoint != nullptr)
        rc = brc_client_set_endpoint(made, options.endpoint);
    if (rc == 0 && options.ca_file != nullptr)
        rc = brc_client_set_ca_file(made, options.ca_file);
    if (rc < 0)
        throw Failure(brc_client_error(made));
    return client;
}

// An answer that is cut or faulty is printed as well, as received: it is paid for.
void ask(brc_client *client, const brc_request *request)
{
    brc_result *came = nullptr;
    const int rc = brc_converse(client, request, &came);
    const Result result(came);
    std::size_t length;
    const char *answer = brc_result_text(came, &length);

    if (answer == nullptr)
        answer = brc_result_json(came, &length);
    if (answer != nullptr)
        std::cout << std::string_view(answer, length) << '\n';
    if (rc < 0)
        throw Failure(brc_client_error(client));
}

// Prints the text, and nothing else of what a model sends.
int print_event(brc_client *, std::int64_t, const brc_event *event, void *user_data) noexcept
{
    std::size_t length;
    const char *text = brc_event_text(event, BRC_EVENT_TEXT, &length);

    static_cast<Options *>(user_data)->line_open = true;
    if (brc_event_int(event, BRC_EVENT_TYPE) == BRC_EVENT_TEXT_DELTA)
        std::cout << std::string_view(text, length) << std::flush;
    return std::cout ? BRC_EVENT_GO_ON : BRC_EVENT_STOP;
}

void ask_stream(brc_client *client, const brc_request *request, Options &options)
{
    brc_result *came = nullptr;
    const int rc = brc_converse_stream(client, request, print_event, &options, &came);
    const Result result(came); // its text is printed already

    if (rc < 0 && std::cout) // main() says that stdout cannot be written
        throw Failure(brc_client_error(client));
}

int run(int argc, char **argv)
{
    try {
        Options options = parse(argc, argv);
        if (options.help) {
            std::cout << help;
            return 0;
        }
        const Request request = make_request(options);
        const Client client = make_client(options);
        if (options.stream)
            ask_stream(client.get(), request.get(), options);
        else
            ask(client.get(), request.get());
        return 0;
    } catch (const Misuse &misuse) {
        if (*misuse.what() != '\0')
            std::cerr << "ask: " << misuse.what() << "; see ask --help\n";
        return 2;
    } catch (const std::exception &failure) {
        std::cerr << "ask: " << failure.what() << '\n';
        return 1;
    }
}

} // namespace

int main(int argc, char **argv)
{
    std::signal(SIGPIPE, SIG_IGN); // a closed stdout is an error like any other
    const int rc = run(argc, argv);

    if (!std::cout.flush()) {
        std::cerr << "ask: stdout cannot be written\n";
        return 1;
    }
    return rc;
}
