using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace TrainingService.EndToEnd.Tests;

/// <summary>One person's look at the dashboard: the page, and everything about it that no story may cause.</summary>
public sealed class Visit : IAsyncDisposable
{
    /// <summary>Milliseconds until a wait gives up; a busy machine trains slowly.</summary>
    public const float Patience = 60_000;

    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly ConcurrentQueue<string> _networkErrors = new();

    public Visit(IPage page, Uri origin)
    {
        Page = page;
        page.Console += (_, message) =>
        {
            if (message.Type != "error")
                return;
            // The browser's own note of an answer that is not 2xx or did not come; whether that is right depends on the story.
            var isNetwork = message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal)
                || message.Text.StartsWith("WebSocket connection to", StringComparison.Ordinal);
            (isNetwork ? _networkErrors : _complaints).Enqueue($"console: {message.Text}");
        };
        page.PageError += (_, error) => _complaints.Enqueue($"uncaught: {error}");
        page.Request += (_, request) => CheckOrigin(request.Url, origin);
        page.WebSocket += (_, socket) => CheckOrigin(socket.Url, origin);
        page.Dialog += async (_, dialog) =>
        {
            _complaints.Enqueue($"dialog: {dialog.Message}");
            await dialog.DismissAsync();
        };
    }

    public IPage Page { get; }

    public ILocator this[string testId] => Page.GetByTestId(testId);

    public ILocator Row(Guid job) => Page.Locator($"[data-testid=job-row][data-job=\"{job}\"]");

    public Task OpenAsync(string path) => Page.GotoAsync(path);

    /// <summary>Pixels that the page is wider than the screen.</summary>
    public Task<int> OverflowAsync() => Page.EvaluateAsync<int>(
        "() => Math.max(document.scrollingElement.scrollWidth, window.innerWidth) - window.screen.width");

    public Task<string> BackgroundAsync() => Page.EvaluateAsync<string>("() => getComputedStyle(document.body).backgroundColor");

    /// <summary>A picture in the folder that <c>BROWSER_SHOTS</c> names, if it names one.</summary>
    public async Task ShotAsync(string name, bool fullPage = true)
    {
        if (Environment.GetEnvironmentVariable("BROWSER_SHOTS") is { Length: > 0 } folder)
            await Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png"), FullPage = fullPage });
    }

    /// <summary>Nothing complained, and every address asked was the service's own.</summary>
    /// <param name="networkErrors">Whether the story makes the service refuse or vanish.</param>
    public void AssertClean(bool networkErrors = false)
    {
        Assert.Empty(_complaints);
        if (!networkErrors)
            Assert.Empty(_networkErrors);
    }

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();

    private void CheckOrigin(string address, Uri origin)
    {
        var uri = new Uri(address);
        if (uri.Scheme is not ("data" or "blob") && uri.Authority != origin.Authority)
            _complaints.Enqueue($"left the origin: {address}");
    }
}
