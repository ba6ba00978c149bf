namespace Reparam.Checkpoints.Tests.Files;

/// <summary>An output goes where a file may be and nowhere else, and only our own temporary files are removed.</summary>
public sealed class OutputPlaces : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void What_is_no_file_is_refused_by_its_kind_and_stays()
    {
        foreach (var (kind, place) in SpecialFiles.MakeAll(folder))
        {
            File.CreateSymbolicLink(folder.File("link"), place);
            var before = folder.Names();
            foreach (var path in (string[])[place, folder.File("link")])
            {
                var exception = Assert.Throws<CheckpointException>(() => Write(path, "new"));
                Assert.Equal((path, CheckpointRule.Writable), (exception.File, exception.Rule));
                Assert.Contains($"found {kind}", exception.Message);
                Assert.Equal(exception.Message, Assert.Throws<CheckpointException>(() => AtomicFile.RequireWritable(path)).Message);
            }

            Assert.Equal(before, folder.Names());
            Assert.Contains(kind, FilePlace.Problem(place));
            File.Delete(folder.File("link"));
        }
    }

    [Theory]
    [InlineData("target")]
    [InlineData("./target")]
    [InlineData("sub/../target")]
    [InlineData("again")]
    public void A_link_is_followed_and_stays(string target)
    {
        Directory.CreateDirectory(folder.File("sub"));
        File.CreateSymbolicLink(folder.File("again"), "target");
        File.CreateSymbolicLink(folder.File("link"), target);
        foreach (var text in (string[])["made where nothing was", "replaced"])
        {
            Write(folder.File("link"), text);
            Assert.Equal(text, File.ReadAllText(folder.File("target")));
            Assert.Equal(target, new FileInfo(folder.File("link")).LinkTarget);
            Assert.Equal(["again", "link", "sub", "target"], folder.Names());
        }
    }

    [Fact]
    public void A_link_counts_from_the_folder_in_which_it_really_lies()
    {
        Directory.CreateDirectory(folder.File("real/deep"));
        File.CreateSymbolicLink(folder.File("real/deep/link"), "../target");
        Directory.CreateSymbolicLink(folder.File("short"), "real/deep");
        Write(folder.File("short/link"), "text");
        Assert.Equal("text", File.ReadAllText(folder.File("real/target")));
        Assert.Equal(["real", "short"], folder.Names());
    }

    [Fact]
    public void A_loop_of_links_and_a_link_into_no_folder_are_one_error()
    {
        File.CreateSymbolicLink(folder.File("a"), "b");
        File.CreateSymbolicLink(folder.File("b"), "a");
        File.CreateSymbolicLink(folder.File("c"), "absent/file");
        Assert.Contains("they form a loop", Assert.Throws<CheckpointException>(() => Write(folder.File("a"), "")).Message);
        Assert.Contains("absent' is no folder that exists", Assert.Throws<CheckpointException>(() => Write(folder.File("c"), "")).Message);
        Assert.Equal(["a", "b", "c"], folder.Names());
    }

    [Fact]
    public void A_replaced_file_hands_on_its_mode_and_owner()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var path = folder.File("a");
        File.WriteAllText(path, "old");
        var usual = File.GetUnixFileMode(path);
        Write(folder.File("new"), "text");
        Assert.Equal(usual, File.GetUnixFileMode(folder.File("new")));
        foreach (var mode in (UnixFileMode[])
            [UnixFileMode.UserRead | UnixFileMode.UserWrite, usual | UnixFileMode.UserExecute, usual | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite])
        {
            File.SetUnixFileMode(path, mode);
            using (var file = new AtomicFile(path))
            {
                var half = Directory.GetFiles(folder.Path, ".a.*").Single();
                Assert.Equal(mode, File.GetUnixFileMode(half));
            }

            Write(path, "new");
            Assert.Equal(mode, File.GetUnixFileMode(path));
        }

        if (SpecialFiles.Run("chown", "12345:23456", path))
        {
            Write(path, "newer");
            var node = FileNode.Of(path);
            Assert.Equal((12345u, 23456u), (node.User, node.Group));
        }
    }

    [Fact]
    public void Only_files_of_the_very_form_are_taken_for_leftovers()
    {
        string[] foreign =
        [
            ".a.x7.tmp", ".a.tmp", ".a.0123456789abcdef.tmp", ".a.0123456789abcde.reparam-unfinished", ".a.0123456789abcdeg.reparam-unfinished", ".a.reparam-unfinished",
            ".b.0123456789abcdef.reparam-unfinished", "a.0123456789abcdef.reparam-unfinished", ".a.0123456789abcdef.reparam-unfinished.bak",
        ];
        const string Own = ".a.0123456789abcdef.reparam-unfinished";
        foreach (var name in foreign.Append(Own))
        {
            File.WriteAllText(folder.File(name), "");
            File.SetLastWriteTimeUtc(folder.File(name), DateTime.UtcNow.AddHours(-1));
        }

        Write(folder.File("a"), "text");
        Assert.Equal(foreign.Append("a").Order(StringComparer.Ordinal), folder.Names());
        if (!OperatingSystem.IsWindows())
        {
            // To open a pipe would wait for ever.
            SpecialFiles.Run("mkfifo", folder.File(Own));
            Write(folder.File("a"), "text");
            Assert.Contains(Own, folder.Names());
        }
    }

    [Fact]
    public void A_name_as_long_as_a_file_system_allows_can_be_written()
    {
        var name = new string('n', 250);
        Write(folder.File(name), "text");
        Assert.Equal([name], folder.Names());
        Assert.Equal("text", File.ReadAllText(folder.File(name)));
    }

    private static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));
}
